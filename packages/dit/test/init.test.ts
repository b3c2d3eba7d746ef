import { readFileSync } from "node:fs";
import { type Conditioning, conditionings, type DitConfig } from "@isoflop/flops";
import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { type Dit, dit, namedParams, paramsFrom } from "../src/index.js";

interface Laws {
  readonly parameters: Readonly<
    Record<
      string,
      { readonly shape: number[]; readonly all_zero: boolean; readonly xavier_uniform_bound: number | null }
    >
  >;
}

/** What a parameter must start from: one value, a normal law, or a uniform one within a bound. */
type Expected = { readonly value: number } | { readonly std: number } | { readonly bound: number };

const official = JSON.parse(readFileSync(new URL("./fixtures/dit_init.json", import.meta.url), "utf8")) as Laws;

/** The official DiT's names for what goes by another name in an in-context transformer. */
const upstream: Readonly<Record<string, string>> = {
  "t_embedder.0": "t_embedder.mlp.0",
  "t_embedder.2": "t_embedder.mlp.2",
  linear: "final_layer.linear",
};
const upstreamName = (name: string): string => {
  const module = Object.keys(upstream).find((prefix) => name.startsWith(`${prefix}.`));
  return module ? name.replace(module, upstream[module]!) : name;
};

const width = 192;
const features = { kind: "features", tokens: 3, dim: 12 } as const;
const setup = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width, depth: 2, heads: 3, outChannels: 8 },
  context: { kind: "classes", classes: 10 },
} as const;
const device = await createDevice("wasm");

const paramsOf = (config: DitConfig) => {
  const params = namedParams(dit(config).init(random.key(8184)));
  device.evaluate(params);
  return params;
};

const moments = (x: Float32Array) => {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const std = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
  return { mean, std, most: x.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
};

const expectLaw = async (parameter: Tensor, expected: Expected): Promise<void> => {
  const values = (await parameter.data()) as Float32Array;
  if ("value" in expected) {
    expect(new Set(values)).toEqual(new Set([expected.value]));
    return;
  }
  const { mean, std, most } = moments(values);
  const wanted = "std" in expected ? expected.std : expected.bound / Math.sqrt(3);
  // Five standard errors: of a mean, std / sqrt(n); of a standard deviation, at most std / sqrt(2n).
  const n = values.length;
  expect(Math.abs(mean)).toBeLessThan((5 * wanted) / Math.sqrt(n));
  expect(Math.abs(std / wanted - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
  if (!("bound" in expected)) return;
  expect(most).toBeLessThanOrEqual(expected.bound * (1 + 1e-6));
  expect(most).toBeGreaterThan(expected.bound * (1 - 20 / n));
};

describe.each(["inContext", "adaLNZero"] as const)(
  "%s follows the laws measured on the official DiT",
  (conditioning) => {
    const params = paramsOf({ ...setup, conditioning });

    test.each(Object.keys(params).filter((name) => !/norm/.test(name)))("%s", async (name) => {
      const law = official.parameters[upstreamName(name)]!;
      expect(params[name]!.shape).toEqual(law.shape);
      const normal = /t_embedder|embedding_table/.test(name);
      if (law.all_zero) await expectLaw(params[name]!, { value: 0 });
      else await expectLaw(params[name]!, normal ? { std: 0.02 } : { bound: law.xavier_uniform_bound! });
    });
  },
);

/** Xavier on the whole matrix of a weight, a convolution seen as (out, in · p · p). */
const xavier = ([out, ...inputs]: readonly number[]): Expected => ({
  bound: Math.sqrt(6 / (out! + inputs.reduce((product, n) => product * n, 1))),
});

/** The first pattern that fits a name gives its law; the last resort is Xavier. */
type Rules = readonly (readonly [pattern: RegExp, expected: Expected])[];

/** `facebookresearch/DiT: models.py`, `initialize_weights`, and norms that start as the identity. */
const ditRules: Rules = [
  [/(norm\w*|ln_[qk])\.weight$/, { value: 1 }],
  [/bias$|adaLN_modulation|^(final_layer\.)?linear/, { value: 0 }],
  [/^[ty]_embedder|embedding_table|pos_embed/, { std: 0.02 }],
];

/** `PixArt-alpha/PixArt-alpha: diffusion/model/nets/PixArt.py`, `initialize_weights`. */
const pixartRules: Rules = [
  [/scale_shift_table/, { std: width ** -0.5 }],
  [/cross_attn\.proj/, { value: 0 }],
  [/t_block\.1\.weight|y_proj\.fc[12]\.weight/, { std: 0.02 }],
  ...ditRules,
];

describe.each<[Conditioning, DitConfig, Rules]>([
  ["inContext", { ...setup, conditioning: "inContext", context: features }, ditRules],
  ["crossAttention", { ...setup, conditioning: "crossAttention", context: features }, ditRules],
  ["adaLN", { ...setup, conditioning: "adaLN", context: features }, ditRules],
  ["mmDit", { ...setup, conditioning: "mmDit", context: { ...features, pooled: 9 }, qkNorm: "rms" }, ditRules],
  ["adaLNSingle", { ...setup, conditioning: "adaLNSingle", context: features }, pixartRules],
])("every parameter of %s follows its published law", (_, config, rules) => {
  const params = paramsOf({ ...config, positions: "learned" });
  test.each(Object.keys(params))("%s", async (name) => {
    const [, expected] = rules.find(([pattern]) => pattern.test(name)) ?? [];
    await expectLaw(params[name]!, expected ?? xavier(params[name]!.shape));
  });
});

test("no two matrices are alike, and the key decides them", async () => {
  const model = dit({ ...setup, conditioning: "inContext" });
  const [params, again, other] = [8184, 8184, 8185].map((seed) => namedParams(model.init(random.key(seed))));
  const name = "blocks.0.attn.proj.weight";
  const mine = await params![name]!.data(device);
  expect(await again![name]!.data(device)).toEqual(mine);
  expect(await other![name]!.data(device)).not.toEqual(mine);
  expect(await params!["blocks.1.attn.proj.weight"]!.data(device)).not.toEqual(mine);
});

const x = random.normal(random.key(1), [2, 4, 8, 8]);
const t = device.tensor([0.1, 0.9]);
const labels = device.tensor(Int32Array.of(3, 10));

test.each(conditionings)("a new model of %s predicts exactly 0", async (conditioning) => {
  const model = dit({ ...setup, conditioning });
  const out = model.apply(model.init(random.key(2)), x, t, labels);
  expect(out.shape).toEqual([2, 8, 8, 8]);
  expect(moments((await out.data()) as Float32Array).most).toBe(0);
});

/** A new model with a readout that is not zero, so that what the blocks do shows, and the same two ends at every depth. */
const ends: Readonly<Record<string, number>> = { "x_embedder.proj.weight": 98, "final_layer.linear.weight": 99 };
const read = async (model: Dit, time: Tensor, condition: Tensor): Promise<ArrayLike<number>> => {
  const entries = Object.entries(namedParams(model.init(random.key(2)))).map(async ([name, leaf]) => {
    const drawn = name in ends ? random.normal(random.key(ends[name]!), leaf.shape) : leaf;
    return [name, { shape: leaf.shape, data: (await drawn.data(device)) as Float32Array }] as const;
  });
  const params = paramsFrom(model, Object.fromEntries(await Promise.all(entries)), device);
  return model.apply(params, x, time, condition).data();
};

describe("the first step", () => {
  const others = [device.tensor([0.7, 0.2]), device.tensor(Int32Array.of(1, 2))] as const;

  test("every block of adaLN-Zero is the identity: depth, time and label change nothing", async () => {
    const deep = dit({ ...setup, conditioning: "adaLNZero", depth: 3 });
    const shallow = dit({ ...setup, conditioning: "adaLNZero", depth: 1 });
    const seen = await read(deep, t, labels);
    expect(moments(Float32Array.from(seen)).std).toBeGreaterThan(0.1);
    expect(await read(shallow, t, labels)).toEqual(seen);
    expect(await read(deep, ...others)).toEqual(seen);
  });

  test("both streams of MM-DiT likewise", async () => {
    const seen = await read(dit({ ...setup, conditioning: "mmDit", depth: 3 }), t, labels);
    expect(await read(dit({ ...setup, conditioning: "mmDit", depth: 1 }), ...others)).toEqual(seen);
  });

  test("PixArt does not see the caption, but time", async () => {
    const model = dit({ ...setup, conditioning: "adaLNSingle" });
    const seen = await read(model, t, labels);
    expect(await read(model, t, others[1])).toEqual(seen);
    expect(await read(model, others[0], labels)).not.toEqual(seen);
  });
});
