import { describe, expect, it } from "vitest";
import { armsOf, comparedFields } from "../../src/study/arms.js";
import { readAssignment, resolveStudy } from "../../src/study/index.js";
import { tinyFile } from "./tiny.js";

const armsIn = async (compare: object, ...sets: string[]) => {
  const written = { name: "tiny.yaml", base: process.cwd(), value: { ...tinyFile, compare } };
  const set = sets.map(readAssignment);
  return armsOf(written, set, await resolveStudy(written, set));
};

describe("a study of several", () => {
  it("is one study for each value, the same but for it, called by it", async () => {
    const arms = (await armsIn({ "model.conditioning": ["inContext", "adaLN"] }))!;
    expect(arms.map(({ name }) => name)).toEqual(["inContext", "adaLN"]);
    expect(arms.map(({ study }) => study.file.model.conditioning)).toEqual(["inContext", "adaLN"]);
    const [first, second] = arms.map(({ study: { file } }) => ({ ...file, name: "", model: {} }));
    expect(first).toEqual(second);
    expect(first).not.toHaveProperty("compare");
    expect(arms.map(({ study }) => study.file.name)).toEqual(["tiny-inContext", "tiny-adaLN"]);
  });

  it("takes whole records, several paths, and what is set besides", async () => {
    const arms = (await armsIn(
      { "objective.density": ["uniform", { kind: "logitNormal", mean: 1 }], seed: [0, 1] },
      "batch=4",
    ))!;
    expect(arms.map(({ name }) => name)).toEqual(["uniform-0", "uniform-1", "logitNormal-0", "logitNormal-1"]);
    expect(arms[2]!.study.file.objective.density).toMatchObject({ kind: "logitNormal", mean: 1, std: 1 });
    for (const { study } of arms) expect(study.file.batch).toBe(4);
  });

  it("tells values of one name apart", async () => {
    const densities = [0, 1].map((mean) => ({ kind: "logitNormal", mean }));
    const arms = (await armsIn({ "objective.density": densities }))!;
    expect(arms.map(({ name }) => name)).toEqual(["logitNormal-1", "logitNormal-2"]);
  });

  it("is one study for each entry of a list, which sets several fields and has a name", async () => {
    const arms = (await armsIn([
      { name: "slow", "optimizer.learningRate": 0.001, "objective.density": "uniform" },
      { name: "usual", batch: 8 },
    ]))!;
    expect(arms.map(({ name, study }) => [name, study.file.name])).toEqual([
      ["slow", "tiny-slow"],
      ["usual", "tiny-usual"],
    ]);
    const [slow, usual] = arms.map(({ study }) => study.file);
    expect(slow!.optimizer.learningRate).toBe(0.001);
    expect(slow!.objective.density).toEqual({ kind: "uniform" });
    expect(slow!.batch).toBe(16);
    expect(usual!.batch).toBe(8);
    expect(usual!.optimizer.learningRate).toMatchObject({ at: 0.0115 });
  });

  it.each([
    [{ seed: [0, 1], batch: [4, 8] }, "seed, batch"],
    [
      [
        { name: "a", seed: 0 },
        { name: "b", seed: 1, batch: 4 },
      ],
      "seed, batch",
    ],
    [undefined, ""],
  ])("differ in the fields that are set: %j", (compare, fields) => {
    expect(comparedFields(compare)).toBe(fields);
  });

  it("is none where nothing is compared", async () => {
    const written = { name: "tiny.yaml", base: process.cwd(), value: tinyFile };
    expect(await armsOf(written, [], await resolveStudy(written))).toBeUndefined();
  });

  it.each([
    [
      { "model.conditionig": ["inContext", "adaLN"] },
      /compare of model\.conditionig: .*unknown key "conditionig"; did you mean/,
    ],
    [{ seed: [0, -1] }, /compare of seed: -1: seed is -1/],
    [{}, /compare is empty/],
    [[{ name: "one", batch: 4 }], /compare is .*; it must be a list of at least two records/],
    [[{ name: "one", batch: 4 }, { batch: 8 }], /compare\[1\]\.name is missing|compare\[1\].*name/],
    [
      [{ name: "one", batch: 4 }, { name: "two" }],
      /compare\[1\] .*it must be a record that sets a field beside its name/,
    ],
    [
      [
        { name: "a/b", batch: 4 },
        { name: "two", batch: 8 },
      ],
      /compare\[0\]\.name is "a\/b"; it must be a name of letters/,
    ],
    [
      [
        { name: "one", bach: 4 },
        { name: "two", batch: 8 },
      ],
      /compare of bach: 4: .*unknown key "bach"; did you mean "batch"/,
    ],
  ])("refuses a path or a value that is none: %j", async (compare, message) => {
    await expect(armsIn(compare)).rejects.toThrow(message);
  });
});
