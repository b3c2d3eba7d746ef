import { describe, expect, it } from "vitest";
import { armsOf } from "../../src/study/arms.js";
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
  ])("refuses a path or a value that is none: %j", async (compare, message) => {
    await expect(armsIn(compare)).rejects.toThrow(message);
  });
});
