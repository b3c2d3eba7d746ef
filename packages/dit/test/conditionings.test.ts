import { architectures, conditionings, type DitConfig } from "@isoflop/flops";
import { createDevice, meanSquaredError, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { type Condition, dit, type NamedArray, namedParams, paramsFrom } from "../src/index.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const features = { kind: "features", tokens: 3, dim: 4 } as const;
const words = { kind: "words", tokens: 3, vocabulary: 5 } as const;
const setup = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  context: words,
} as const;
const d = setup.width;
const x = random.normal(random.key(7), [2, 2, 4, 6]);
const t = device.tensor([0.2, 0.7]);
const ids = device.tensor(Int32Array.of(1, 2, 0, 4, 4, 0), [2, 3]);

type Weights = Record<string, NamedArray>;

const weightsOf = async (config: DitConfig): Promise<Weights> => {
  const entries = Object.entries(namedParams(await perturbed(config, device))).map(
    async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

const full = (shape: readonly number[], value: number): NamedArray => ({
  shape,
  data: new Float32Array(shape.reduce((size, side) => size * side, 1)).fill(value),
});

/** The weights with those changed for which `change` gives others. */
const changed = (weights: Weights, change: (name: string, array: NamedArray) => NamedArray | undefined): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, array]) => [name, change(name, array) ?? array]));

const run = async (config: DitConfig, weights: Weights, time = t, condition: Condition | undefined = ids) => {
  const model = dit(config);
  return Array.from(await model.apply(paramsFrom(model, weights, device), x, time, condition).data());
};

const largest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe("adaLN", () => {
  test("is adaLN-Zero with every gate held at 1", async () => {
    const config: DitConfig = { ...setup, conditioning: "adaLN" };
    const weights = await weightsOf(config);
    // Vectors 0 to 3 of the four are 0, 1 and 3, 4 of the six; 2 and 5 are gates.
    const spread = ({ shape, data }: NamedArray, gate: number): NamedArray => {
      const rows = data.length / 4;
      const six = new Float32Array(6 * rows).fill(gate);
      for (const [from, to] of [0, 1, 3, 4].entries())
        six.set(data.subarray(from * rows, (from + 1) * rows), to * rows);
      return { shape: [6 * d, ...shape.slice(1)], data: six };
    };
    const gated = changed(weights, (name, array) => {
      if (!/blocks.*adaLN_modulation/.test(name)) return undefined;
      return spread(array, name.endsWith("bias") ? 1 : 0);
    });
    const expected = await run({ ...setup, conditioning: "adaLNZero" }, gated);
    expect(largest(await run(config, weights), expected)).toBeLessThan(1e-5);
  });
});

describe("cross-attention", () => {
  const config: DitConfig = { ...setup, conditioning: "crossAttention" };
  const zeroed = (name: string, { shape }: NamedArray) =>
    name.includes("cross_attn.proj") ? full(shape, 0) : undefined;

  test("with a zero projection is a transformer of image tokens alone", async () => {
    const without = changed(await weightsOf(config), (name, array) => {
      if (/norm/.test(name)) return full(array.shape, name.endsWith("weight") ? 1 : 0);
      return zeroed(name, array);
    });
    // adaLN whose modulation is zero is the plain transformer.
    const plain = changed(await weightsOf({ ...setup, conditioning: "adaLN" }), (name, { shape }) =>
      name.includes("adaLN_modulation") ? full(shape, 0) : without[name],
    );
    const expected = await run({ ...setup, conditioning: "adaLN" }, plain);
    expect(largest(await run(config, without), expected)).toBeLessThan(1e-5);
    expect(await run(config, without, device.tensor([0.9, 0.1]), device.tensor(new Int32Array(6), [2, 3]))).toEqual(
      await run(config, without),
    );
  });

  test("to one token adds that token's value between self-attention and MLP", async () => {
    const alone: DitConfig = { ...config, context: { kind: "none" } };
    // With a zero time MLP the one token is the bias b of its last layer, and its value is V b + bias.
    const weights = changed(await weightsOf(alone), (name, { shape }) =>
      name === "t_embedder.mlp.2.weight" ? full(shape, 0) : undefined,
    );
    const times = ({ data }: NamedArray, vector: Float32Array, bias: NamedArray, first = 0) =>
      Float32Array.from({ length: d }, (_, i) =>
        vector.reduce((sum, v, j) => sum + v * data[(first + i) * d + j]!, bias.data[first + i]!),
      );
    const added = changed(weights, (name, array) => {
      const [, block] = /^(blocks\.\d+)\.attn\.proj\.bias$/.exec(name) ?? [];
      if (block === undefined) return zeroed(name, array);
      const at = (layer: string) => [weights[`${layer}.weight`]!, weights[`${layer}.bias`]!] as const;
      const [kv, kvBias] = at(`${block}.cross_attn.kv_linear`);
      const [proj, projBias] = at(`${block}.cross_attn.proj`);
      const value = times(kv, weights["t_embedder.mlp.2.bias"]!.data, kvBias, d);
      const out = times(proj, value, projBias);
      return { shape: array.shape, data: array.data.map((v, i) => v + out[i]!) };
    });
    const model = dit(alone);
    const predicted = async (given: Weights) =>
      Array.from(await model.apply(paramsFrom(model, given, device), x, t).data());
    expect(largest(await predicted(added), await predicted(weights))).toBeLessThan(1e-5);
  });
});

describe("MM-DiT", () => {
  test("names are the official code's; the last context stream ends before attention", () => {
    const model = dit({ ...setup, context: { ...features, pooled: 5 }, conditioning: "mmDit", qkNorm: "rms" });
    const params = model.init(random.key(0));
    expect(params.joint_blocks).toHaveLength(2);
    const beginning = ["adaLN_modulation.1", "attn.qkv"];
    const whole = [...beginning, "attn.proj", "mlp.fc1", "mlp.fc2"];
    const layers = [
      ...["x_embedder.proj", "t_embedder.mlp.0", "t_embedder.mlp.2", "y_embedder.mlp.0", "y_embedder.mlp.2"],
      ...["context_embedder", "final_layer.linear", "final_layer.adaLN_modulation.1"],
      ...whole.map((name) => `joint_blocks.0.context_block.${name}`),
      ...beginning.map((name) => `joint_blocks.1.context_block.${name}`),
      ...[0, 1].flatMap((i) => whole.map((name) => `joint_blocks.${i}.x_block.${name}`)),
    ];
    const headNorms = [0, 1].flatMap((i) =>
      ["context_block", "x_block"].flatMap((stream) =>
        ["q", "k"].map((n) => `joint_blocks.${i}.${stream}.attn.ln_${n}`),
      ),
    );
    expect(Object.keys(namedParams(params)).sort()).toEqual(
      [...layers.map((name) => `${name}.bias`), ...[...layers, ...headNorms].map((name) => `${name}.weight`)].sort(),
    );
  });

  test("the pooled vector is added to time alone", async () => {
    const config: DitConfig = { ...setup, conditioning: "mmDit", context: { ...features, pooled: 5 } };
    const weights = await weightsOf(config);
    const tokens = random.normal(random.key(1), [2, 3, 4]);
    const pooled = (seed: number) => ({ tokens, pooled: random.normal(random.key(seed), [2, 5]) });
    const blind = changed(weights, (name, { shape }) =>
      /^[ty]_embedder\.mlp\.2\.weight$/.test(name) ? full(shape, 0) : undefined,
    );
    expect(largest(await run(config, weights, t, pooled(2)), await run(config, weights, t, pooled(3)))).toBeGreaterThan(
      1e-3,
    );
    expect(await run(config, blind, t, pooled(2))).toEqual(await run(config, blind, t, pooled(3)));
    // Both MLPs end in a bias, and only the sum of the two is seen.
    const swap: Readonly<Record<string, string>> = {
      "t_embedder.mlp.2.bias": "y_embedder.mlp.2.bias",
      "y_embedder.mlp.2.bias": "t_embedder.mlp.2.bias",
    };
    const swapped = changed(blind, (name) => (name in swap ? blind[swap[name]!] : undefined));
    expect(largest(await run(config, swapped, t, pooled(2)), await run(config, blind, t, pooled(2)))).toBeLessThan(
      1e-5,
    );
  });
});

describe.each(conditionings)("gradients of %s", (conditioning) => {
  const pooling = conditioning === "mmDit" ? { ...features, pooled: 5 } : features;
  const dense = random.normal(random.key(1), [2, 3, 4]);
  const told = conditioning === "mmDit" ? { tokens: dense, pooled: random.normal(random.key(2), [2, 5]) } : dense;

  test.each<[string, DitConfig, Condition]>([
    ["words", { ...setup, conditioning, positions: "learned", qkNorm: "rms" }, ids],
    ["features", { ...setup, conditioning, context: pooling, qkNorm: "rms" }, told],
    [
      "classes",
      { ...setup, conditioning, context: { kind: "classes", classes: 4 } },
      device.tensor(Int32Array.of(1, 4)),
    ],
    [
      "words and every part",
      {
        ...{ ...setup, conditioning, norm: "rms", mlp: "swiglu", positions: "sincos+rope", registers: 2 },
        ...{
          guidance: true,
          timeFeatures: 8,
          qkNorm: architectures.get(conditioning).crossAttends ? "rms+cross" : "rms",
        },
      },
      ids,
    ],
  ])("reach every parameter, %s as context", async (_, config, condition) => {
    const model = dit(config);
    const target = random.normal(random.key(3), [2, 2, 4, 6]);
    const options = config.guidance ? { guidance: device.tensor([3.5, 1]) } : {};
    const loss = (params: ReturnType<typeof model.init>): Tensor =>
      meanSquaredError(model.apply(params, x, t, condition, options), target);
    const { gradient } = valueAndGrad(loss)(await perturbed(config, device));
    device.evaluate(gradient);
    const still: string[] = [];
    for (const [name, leaf] of Object.entries(namedParams(gradient)))
      if (((await leaf.data()) as Float32Array).every((value) => value === 0)) still.push(name);
    // Nothing reads what the last block's context tokens ask for; its queries are made, as the official code makes them, and dropped.
    const unread = "joint_blocks.1.context_block.attn.ln_q.weight";
    // Softmax over the one token of a class is 1, whatever is asked.
    const oneKey = conditioning === "adaLNSingle" && config.context.kind === "classes";
    const expected = conditioning === "mmDit" && config.qkNorm !== undefined ? [unread] : [];
    expect(still.filter((name) => !(oneKey && name.includes("q_linear")))).toEqual(expected);
  });
});

describe("an added time", () => {
  /** The last layer of the time MLP gives a constant, whatever the time. */
  const constant = (weights: Weights, value: number): Weights =>
    changed(weights, (name, { shape }) => {
      if (name === "t_embedder.mlp.2.weight" || name === "t_embedder.2.weight") return full(shape, 0);
      return name === "t_embedder.mlp.2.bias" || name === "t_embedder.2.bias" ? full(shape, value) : undefined;
    });

  test.each(["inContext", "crossAttention"] as const)(
    "%s: a constant one is a bias of the image tokens",
    async (conditioning) => {
      const config: DitConfig = { ...setup, conditioning, context: { kind: "classes", classes: 4 }, time: "added" };
      const label = device.tensor(Int32Array.of(1, 3), [2]);
      const weights = await weightsOf(config);
      // In context the label's token is shifted too, so its table takes the shift there.
      const shifted = changed(constant(weights, 0), (name, { shape, data }) => {
        const takes =
          name === "x_embedder.proj.bias" || (conditioning === "inContext" && name.startsWith("y_embedder"));
        return takes ? { shape, data: data.map((v) => v + 0.25) } : undefined;
      });
      const expected = await run(config, shifted, t, label);
      expect(largest(await run(config, constant(weights, 0.25), t, label), expected)).toBeLessThan(1e-5);
      expect(
        largest(await run(config, weights, t, label), await run(config, constant(weights, 0), t, label)),
      ).toBeGreaterThan(1e-3);
    },
  );
});
