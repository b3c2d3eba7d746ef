import { namedParams, parameterRates } from "@isoflop/dit";
import { conditionings, type DitConfig, type Parameterization } from "@isoflop/flops";
import { createDevice, random } from "@isoflop/tensor";
import { describe, expect, it } from "vitest";
import { coordinateCheck } from "../src/coordinates.js";
import { TrainError } from "../src/errors.js";
import { modelOf } from "../src/model.js";
import { trainJsonSchema, trainSpec } from "../src/spec.js";
import { train } from "../src/train.js";
import { fits } from "./json-schema.js";
import { tinyData, tinyModel, tinySpec } from "./tiny.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const data = tinyData();

const base = { kind: "muP", baseWidth: 32, baseHeads: 4 } as const;
const standard = { kind: "standard" } as const;

describe("the coordinate check", () => {
  // At one learning rate, at once: no warm-up, no decay.
  const { model: _, ...spec } = tinySpec({
    ...{ steps: 3, batch: 8, captionDropout: 0 },
    optimizer: { learningRate: 0.01, warmup: 0, decay: 0 },
  });
  const slopes = async (conditioning: string, parameterization: Parameterization) => {
    const family = [16, 64, 256].map(
      (width): DitConfig => ({
        ...{ ...tinyModel(), conditioning, parameterization },
        ...{ patch: 8, width, heads: width / 8, depth: 2 },
      }),
    );
    const layers = await coordinateCheck(spec, family, { device, data });
    return new Map(layers.map(({ layer, slope }) => [layer, slope]));
  };

  it.each(conditionings)("finds every layer of %s as far from its start at every width under muP", async (name) => {
    const found = await slopes(name, base);
    expect(found.size).toBeGreaterThanOrEqual(9);
    for (const [layer, slope] of found) expect(Math.abs(slope), `${layer}: ${slope}`).toBeLessThan(0.2);
  });

  it.each(["inContext", "adaLNZero"])("finds %s further from it the wider it is, otherwise", async (name) => {
    const found = await slopes(name, standard);
    for (const layer of ["blocks.0.attn", "blocks.0.mlp", "final_layer"])
      expect(found.get(layer), layer).toBeGreaterThan(0.3);
  });

  it("takes two widths and one family", async () => {
    const sized = (width: number, depth = 1) => ({ ...tinyModel(), width, depth });
    const check = (models: readonly DitConfig[]) => coordinateCheck({ ...spec, steps: 1 }, models, { device, data });
    await expect(check([])).rejects.toThrow("models have the widths of none; a slope takes at least two");
    await expect(check([sized(8), sized(8)])).rejects.toThrow(TrainError);
    await expect(check([sized(8, 1), sized(16, 2)])).rejects.toThrow("the models have not the same layers");
  });
});

describe("a run under muP", () => {
  const model = (width: number): DitConfig => ({
    ...tinyModel(),
    width,
    parameterization: { kind: "muP", baseWidth: 8 },
  });
  const lossesOf = async (spec: Parameters<typeof train>[0]) => {
    const losses: number[] = [];
    const onProgress = ({ metrics }: { readonly metrics: readonly { readonly loss: number }[] }) =>
      void losses.push(...metrics.map(({ loss }) => loss));
    const { validation } = await train(spec, { device, data, onProgress });
    return [...losses, validation.mean];
  };

  it("is the standard one to the bit at the base width", async () => {
    expect(await lossesOf(tinySpec({ model: model(8) }))).toEqual(await lossesOf(tinySpec()));
  });

  it("moves a readout by the learning rate over the width, and decays every weight by learning rate times weight decay", async () => {
    const [learningRate, weightDecay] = [0.01, 0.5];
    const optimizer = { learningRate, weightDecay, warmup: 0, decay: 0 };
    const spec = tinySpec({ model: model(32), steps: 1, averaging: { kind: "none" }, optimizer });
    const before = namedParams(modelOf(trainSpec(spec)).init(random.key(spec.seed!)));
    const after = namedParams((await train(spec, { device, data })).weights);
    const values = async (of: typeof before, name: string) => Array.from(await of[name]!.data(device));
    // Of a first step of Adam every entry of the gradient is 1 or -1. A readout of 0 lets no gradient through.
    const most = async (name: string) => Math.max(...(await values(after, name)).map(Math.abs));
    expect(await most("linear.weight")).toBeCloseTo(learningRate / 4, 7);
    expect(await most("linear.bias")).toBeCloseTo(learningRate, 7);
    for (const name of ["blocks.0.attn.qkv.weight", "x_embedder.proj.weight", "t_embedder.2.weight"]) {
      const [first, last] = [await values(before, name), await values(after, name)];
      const shrunk = first.map((value) => value * (1 - learningRate * weightDecay));
      expect(Math.max(...last.map((value, i) => Math.abs(value - shrunk[i]!)))).toBeLessThan(1e-7);
    }
  });

  it.each([
    ["adamw", "adam"],
    ["adam", "adam"],
    ["rmsprop", "adam"],
    ["sgd", "sgd"],
  ] as const)("asks for the rates of the family of %s", (kind, family) => {
    const spec = trainSpec(tinySpec({ model: model(16), optimizer: { kind } }));
    expect(modelOf(spec).rates).toEqual(parameterRates(model(16), family));
  });

  it("is asked for none where there is nothing to ask", () => {
    expect(modelOf(trainSpec(tinySpec()))).not.toHaveProperty("rates");
    expect(modelOf(trainSpec(tinySpec({ model: { ...tinyModel(), parameterization: standard } })))).not.toHaveProperty(
      "rates",
    );
  });
});

describe("the spec of a run", () => {
  const spec = (parameterization: unknown) =>
    tinySpec({ model: { ...tinyModel(), parameterization } as never, steps: 1 });

  it("says muP with its base, and leaves the standard unsaid", () => {
    expect(trainSpec(spec({ kind: "muP", baseWidth: 4 })).model.parameterization).toEqual({
      ...{ kind: "muP", baseWidth: 4, baseHeads: 1 },
    });
    expect(trainSpec(spec(standard))).toEqual(trainSpec(tinySpec({ steps: 1 })));
  });

  it.each<[string, unknown, string | RegExp]>([
    ["a word", "muP", "spec.model.parameterization"],
    ["another kind", { kind: "mup" }, 'spec.model.parameterization.kind is "mup"; it must be one of "standard", "muP"'],
    ["no base", { kind: "muP" }, "spec.model.parameterization.baseWidth is missing"],
    ["a base of 0", { kind: "muP", baseWidth: 0 }, "spec.model.parameterization.baseWidth is 0"],
    ["a mistyped field", { kind: "muP", baseWidht: 8 }, 'did you mean "baseWidth"?'],
    ["a base that is no model", { kind: "muP", baseWidth: 6 }, "baseWidth is 6, and no model is that wide"],
  ])("refuses %s", (what, parameterization, message) => {
    expect(() => trainSpec(spec(parameterization))).toThrow(TrainError);
    expect(() => trainSpec(spec(parameterization))).toThrow(message);
    // That no model is so wide is no matter of a field alone.
    expect(fits(spec(parameterization), trainJsonSchema())).toBe(what === "a base that is no model");
  });
});
