import { shapeScenes, sources } from "@isoflop/data";
import { digest } from "@isoflop/spec";
import { describe, expect, it } from "vitest";
import { contentOf, type ModuleContent } from "../src/content.js";
import { NUMERICS, type RunSpecInput, runId, runJsonSchema, runSpec } from "../src/spec.js";
import { trainingOf } from "../src/task.js";
import { shapes, tinyRun } from "./tiny.js";

describe("runId", () => {
  it("is the start of the digest of all that decides a run", () => {
    const { data: _, content, ...rest } = runSpec(tinyRun());
    expect(runId(tinyRun())).toBe(
      digest({ numerics: NUMERICS, ...rest, data: content.data, modules: [] }).slice(0, 16),
    );
  });

  it("is that of the data's content and not of their name or place", () => {
    const named = { source: "emoji", size: 32, seed: 7 } as const;
    expect(runId({ ...runSpec(tinyRun()), data: named })).toBe(runId(tinyRun()));
    const other = contentOf(shapeScenes({ size: 16, seed: 1 }));
    expect(runId(tinyRun({ content: other }))).not.toBe(runId(tinyRun()));
  });

  it("is that of modules by their content, in any order and from any folder", () => {
    const [one, two] = ["1", "2"].map((digit) => digit.repeat(32)) as [string, string];
    const withModules = (...modules: ModuleContent[]) => runId(tinyRun({ content: contentOf(shapes, modules) }));
    const id = withModules({ path: "a.ts", digest: one }, { path: "b.ts", digest: two });
    expect(withModules({ path: "x.ts", digest: two }, { path: "y.ts", digest: one })).toBe(id);
    expect(withModules({ path: "a.ts", digest: one })).not.toBe(id);
  });

  it("does not depend on the order of keys, nor on defaults being written out", () => {
    const reversed = Object.fromEntries(Object.entries(tinyRun()).reverse()) as unknown as RunSpecInput;
    expect(runId(reversed)).toBe(runId(tinyRun()));
    expect(runId(runSpec(tinyRun()))).toBe(runId(tinyRun()));
  });

  // Stores hold their runs under these: another id for the same spec would do them again.
  const words = { ...tinyRun().model, context: { kind: "words", tokens: 6, vocabulary: 28 } } as const;
  const known = { model: words, steps: 6, budget: 1e6, content: { data: "0".repeat(32) } };
  const large = { height: 32, width: 32, channels: 3 };
  it.each<[string, RunSpecInput]>([
    ["72608975380a8b98", { ...known, data: { source: "shapes" } }],
    [
      "3793571b093614e0",
      {
        ...known,
        data: { source: "cifar10", size: 32, seed: 3 },
        model: { ...words, image: large, context: { kind: "classes", classes: 10 } },
      },
    ],
    [
      "f0906c1d512fc58f",
      {
        ...known,
        data: { source: "shapes" },
        objective: { path: "vp", prediction: "v", weighting: { kind: "minSnr" }, density: { kind: "mode" } },
        averaging: { kind: "constant", decay: 0.999 },
        optimizer: { learningRate: 0.01, shape: "cosine" },
      },
    ],
    [
      "0da3f8b5b225f86a",
      {
        ...known,
        data: { source: "shapes", seed: 1 },
        objective: {
          path: "cosine",
          weighting: { kind: "sigmoid", bias: -1 },
          density: { kind: "logitNormal", mean: 0.5 },
        },
        averaging: { kind: "none" },
      },
    ],
    [
      "02a9e0db3c9cff78",
      { ...known, data: { source: "shapes", size: 32 }, objective: { density: { kind: "cosmap" } } },
    ],
    [
      "decf54b5850bf342",
      {
        ...known,
        data: { source: "shapes", size: 32 },
        objective: { density: { kind: "uniform" } },
        captionDropout: 0.1,
        validation: { images: 64 },
      },
    ],
  ])("is %s for ever", (id, spec) => {
    expect(runId(spec)).toBe(id);
    expect(runId(JSON.parse(JSON.stringify(runSpec(spec))) as RunSpecInput)).toBe(id);
  });

  it("is one for a path by its name and by its record of defaults", () => {
    const pathed = (path: object | string) => runId(tinyRun({ objective: { path: path as "vp" } }));
    expect(pathed({ kind: "vp", betaMin: 0.1 })).toBe(pathed("vp"));
    expect(pathed({ kind: "vp", betaMin: 0.2 })).not.toBe(pathed("vp"));
  });

  const changes: Partial<RunSpecInput>[] = [
    { seed: 1 },
    { steps: 7 },
    { batch: 3 },
    { budget: 2e6 },
    { optimizer: { learningRate: 0.003 } },
    { averaging: { kind: "none" } },
    { model: { ...tinyRun().model, width: 16 } },
  ];
  it.each(changes)("changes with %o", (change) => {
    expect(runId(tinyRun(change))).not.toBe(runId(tinyRun()));
  });
});

describe("runSpec", () => {
  const wrong: [unknown, string][] = [
    [{ ...tinyRun(), bugdet: 1 }, 'unknown key "bugdet"; did you mean "budget"?'],
    [{ ...tinyRun(), data: { source: "emojis" } }, 'did you mean "emoji"?'],
    [{ ...tinyRun(), data: { source: "emoji", size: 24 } }, "spec.data.size is 24; it must be 16 or 32"],
    [{ ...tinyRun(), budget: undefined }, "spec.budget is missing; it must be a finite number above 0"],
    [{ ...tinyRun(), optimizer: { warmpu: 0.1 } }, 'did you mean "warmup"?'],
  ];
  it.each(wrong)("refuses %#", (input, message) => {
    expect(() => runSpec(input as RunSpecInput)).toThrow(message);
  });

  it("offers its JSON Schema, with every source and its defaults", () => {
    const { properties, $defs } = runJsonSchema() as Record<string, Record<string, { $ref: string; anyOf: object[] }>>;
    expect(Object.keys(properties!)).toEqual(expect.arrayContaining(["model", "optimizer", "data", "budget"]));
    const data = $defs![properties!.data!.$ref.split("/").at(-1)!]!;
    expect(data.anyOf).toMatchObject(sources.names.map((source) => ({ properties: { source: { const: source } } })));
    expect(data.anyOf.slice(0, 3)).toMatchObject(
      ["emoji", "shapes", "cifar10"].map((source) => ({
        properties: { source: { const: source }, size: { enum: [16, 32], default: 16 }, seed: { default: 0 } },
        required: ["source"],
        additionalProperties: false,
      })),
    );
  });

  it("holds what training needs and what the sweep needs, apart", () => {
    const training = trainingOf(runSpec(tinyRun()));
    expect(training).not.toHaveProperty("data");
    expect(training).not.toHaveProperty("budget");
    expect(training.steps).toBe(6);
  });
});
