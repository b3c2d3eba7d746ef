import { shapeScenes } from "@isoflop/data";
import { describe, expect, it } from "vitest";
import { planStudy, type StudyFileInput } from "../../src/study/index.js";
import { tiny } from "./tiny.js";

const openShapes = async (data: object) => shapeScenes({ size: 16, ...data });

/** Every model of the study, those that are held out too, for which the planner names the size alone. */
const modelsOf = async (model: StudyFileInput["model"], more: Partial<StudyFileInput> = {}) => {
  const { grid, heldOut } = await planStudy(tiny({ ...more, ...(model && { model }) }), openShapes);
  return [
    ...grid.map(({ spec }) => spec.model),
    ...heldOut.flatMap(({ runs }) => runs(5000).map(({ spec }) => spec.model)),
  ];
};

const base = { kind: "muP", baseWidth: 16 } as const;

describe("a study under muP", () => {
  it("gives the base model the heads of the ladder, at every size", async () => {
    for (const model of await modelsOf({ parameterization: base }))
      expect(model.parameterization).toEqual({ ...base, baseHeads: 2 });
    for (const model of await modelsOf({ parameterization: { ...base, baseHeads: 1 } }))
      expect(model.parameterization).toEqual({ ...base, baseHeads: 1 });
  });

  it("does so for sizes that no ladder gives", async () => {
    const models = [{ width: 32, depth: 2, heads: 2 }, { width: 16 }];
    for (const model of await modelsOf({ parameterization: base }, { grid: { budgets: [1e9], models } }))
      expect(model.parameterization).toEqual({ ...base, baseHeads: 2 });
  });

  it("is another study than the standard one, which is told by its name or not at all", async () => {
    const text = async (model: StudyFileInput["model"]) => JSON.stringify(await modelsOf(model));
    const unsaid = await text({});
    expect(unsaid).not.toContain("parameterization");
    expect(await text({ parameterization: "standard" })).toBe(unsaid);
    expect(await text({ parameterization: { kind: "standard" } })).toBe(unsaid);
  });

  it.each<[string, unknown, RegExp]>([
    ["muP without a base", "muP", /model.parameterization.*baseWidth/],
    ["another name", "mup", /parameterization is "mup".*"muP"/],
    [
      "a base width of 0",
      { ...base, baseWidth: 0 },
      /baseWidth is 0; expected a whole number of at least 1|baseWidth is 0/,
    ],
    ["a mistyped field", { ...base, baseWidht: 1 }, /baseWidht/],
  ])("%s is refused with its field", (_, parameterization, message) => {
    expect(() => tiny({ model: { parameterization } as never })).toThrow(message);
  });

  it("a base width that the ladder has not is refused", async () => {
    await expect(modelsOf({ parameterization: { kind: "muP", baseWidth: 12 } })).rejects.toThrow(
      "parameterization.baseWidth is 12: width is 12; this ladder has multiples of 8.",
    );
  });
});
