import { conditionings, type DitConfig, resolve } from "@isoflop/flops";
import { createDevice, random, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { affineNorm, attendTo, crossAttentionSpecs, feedForward, mlpSpecs, plainNorm } from "../src/building-blocks.js";
import {
  type Condition,
  type CrossAttention,
  type DitParams,
  dit,
  namedParams,
  paramsFrom,
  timeFeatures,
} from "../src/index.js";
import type { ApplyOptions } from "../src/options.js";
import { build, type SpecsOf } from "../src/spec.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const words = { kind: "words", tokens: 3, vocabulary: 5 } as const;
const setup = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  context: words,
} as const;
const x = random.normal(random.key(7), [2, 2, 4, 6]);
const t = device.tensor([0.2, 0.7]);
const ids = device.tensor(Int32Array.of(1, 2, 0, 4, 4, 1), [2, 3]);

const run = async (config: DitConfig, params: DitParams, options: ApplyOptions = {}, told: Condition = ids) =>
  dit(config).apply(params, x, t, told, options).data();

const most = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((peak, value, i) => Math.max(peak, Math.abs(value - b[i]!)), 0);

/** Parameters of specs, drawn anew. */
const drawn = <P>(specs: SpecsOf<P>, first = 30): P => {
  let seed = first;
  return build<P>(specs, ({ shape }) => random.normal(random.key(seed++), shape));
};

const rows = async (x: Tensor): Promise<readonly number[][]> => {
  const [values, width] = [Array.from(await x.data(device)), x.shape.at(-1)!];
  return Array.from({ length: values.length / width }, (_, i) => values.slice(width * i, width * (i + 1)));
};

/** W y + b in float64. */
const linearOf = async ({ weight, bias }: { readonly weight: Tensor; readonly bias: Tensor }) => {
  const [w, b] = [await rows(weight), Array.from(await bias.data(device))];
  return (y: readonly number[]) => w.map((row, i) => row.reduce((sum, v, j) => sum + v * y[j]!, b[i]!));
};

const rmsOf = (row: readonly number[]): number[] => {
  const square = row.reduce((sum, v) => sum + v * v, 0) / row.length;
  return row.map((v) => v / Math.sqrt(square + 1e-6));
};

describe("root-mean-square norms", () => {
  const y = random.normal(random.key(1), [2, 3, 16]).add(0.5);

  test("divide by the root of the mean square, and no mean is taken off", async () => {
    const weight = random.normal(random.key(2), [16]);
    const scale = Array.from(await weight.data(device));
    const [given, plain, scaled] = await Promise.all([y, plainNorm(y, "rms"), affineNorm(y, { weight })].map(rows));
    for (const [i, row] of given!.entries()) {
      expect(most(plain![i]!, rmsOf(row))).toBeLessThan(2e-6);
      const expected = rmsOf(row).map((v, c) => v * scale[c]!);
      expect(most(scaled![i]!, expected)).toBeLessThan(4e-6);
    }
    expect(most((await rows(plainNorm(y, "layer")))[0]!, plain![0]!)).toBeGreaterThan(0.1);
  });

  test.each(conditionings)("of %s have no shift", async (conditioning) => {
    const layered: DitConfig = { ...setup, conditioning };
    const config: DitConfig = { ...layered, norm: "rms" };
    const params = await perturbed(config, device);
    const names = Object.keys(namedParams(params));
    const norms = names.filter((name) => /norm\w*\.weight$/.test(name)).map((name) => name.replace("weight", "bias"));
    const affine = conditioning === "inContext" || conditioning === "crossAttention";
    expect(norms.length).toBe(affine ? setup.depth * (conditioning === "inContext" ? 2 : 3) + 1 : 0);
    expect(names.filter((name) => norms.includes(name))).toEqual([]);
    // The same weights, shifts of zero, and the mean taken off are another model.
    const named = Object.entries(namedParams(params)).map(
      async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }] as const,
    );
    const zero = { shape: [16], data: new Float32Array(16) };
    const arrays = {
      ...Object.fromEntries(await Promise.all(named)),
      ...Object.fromEntries(norms.map((n) => [n, zero])),
    };
    const centred = await run(layered, paramsFrom(dit(layered), arrays, device));
    expect(most(await run(config, params), centred)).toBeGreaterThan(1e-3);
  });
});

describe("SwiGLU", () => {
  const config = resolve({ ...setup, conditioning: "adaLN", mlp: "swiglu", mlpRatio: 2.5 });

  test("is SiLU of one half times the other, at two thirds of the width", async () => {
    expect(config.mlpWidth).toBe(26);
    const params = drawn(mlpSpecs(config));
    if (!("w12" in params)) throw new Error("these are no parameters of SwiGLU");
    const y = random.normal(random.key(3), [2, 3, 16]);
    const [given, out] = [await rows(y), await rows(feedForward(params, y))];
    const [w12, w3] = [await linearOf(params.w12), await linearOf(params.w3)];
    for (const [i, row] of given.entries()) {
      const both = w12(row);
      const hidden = both.slice(0, 26).map((v, c) => (v / (1 + Math.exp(-v))) * both[26 + c]!);
      const expected = w3(hidden);
      expect(most(out[i]!, expected)).toBeLessThan(2e-5 * Math.max(...expected.map(Math.abs)));
    }
  });

  test("has as many weights as the other MLP, where three divides", () => {
    const of = (mlp: "gelu" | "swiglu") => resolve({ ...setup, width: 48, heads: 4, conditioning: "adaLN", mlp });
    expect(2 * of("gelu").mlpWidth).toBe(3 * of("swiglu").mlpWidth);
  });
});

test("cross-attention norms queries and keys by head", async () => {
  const config = resolve({ ...setup, conditioning: "crossAttention", qkNorm: "rms+cross" });
  const params = drawn<CrossAttention>(crossAttentionSpecs(config));
  const [y, tokens] = [random.normal(random.key(4), [1, 2, 16]), random.normal(random.key(5), [1, 3, 16])];
  const out = await rows(attendTo(params, y, { tokens, lengths: undefined }, 2));
  const [q, kv, proj] = await Promise.all([params.q_linear, params.kv_linear, params.proj].map(linearOf));
  const [qScale, kScale] = await Promise.all([params.q_norm!, params.k_norm!].map(({ weight }) => weight.data(device)));
  const byHead = (row: readonly number[], head: number) => row.slice(8 * head, 8 * head + 8);
  const normed = (row: readonly number[], scale: ArrayLike<number>) => rmsOf(row).map((v, c) => v * scale[c]!);
  const told = (await rows(tokens)).map((row) => kv!(row));
  for (const [i, row] of (await rows(y)).entries()) {
    const mixed = [0, 1].flatMap((head) => {
      const query = normed(byHead(q!(row), head), qScale!);
      const scores = told.map((each) => {
        const key = normed(byHead(each.slice(0, 16), head), kScale!);
        return Math.exp(key.reduce((sum, v, c) => sum + v * query[c]!, 0) / Math.sqrt(8));
      });
      const total = scores.reduce((a, b) => a + b);
      return query.map((_, c) =>
        told.reduce((sum, each, j) => sum + (scores[j]! / total) * byHead(each.slice(16), head)[c]!, 0),
      );
    });
    const expected = proj!(mixed);
    expect(most(out[i]!, expected)).toBeLessThan(1e-4);
  }
});

describe.each(conditionings)("registers of %s", (conditioning) => {
  const config: DitConfig = { ...setup, conditioning, registers: 2 };
  const { registers: _, ...bare } = config;
  const without = ({ register: __, ...rest }: DitParams): DitParams => rest as DitParams;

  test("are read by attention alone, and by no readout", async () => {
    const params = await perturbed(config, device);
    expect(most(await run(config, params), await run(bare, without(params)))).toBeGreaterThan(1e-3);
    // Attention that gives nothing back.
    const name = conditioning === "mmDit" ? "joint_blocks" : "blocks";
    const quiet = (block: unknown): unknown => {
      if (typeof block !== "object" || block === null || "shape" in block) return block;
      return Object.fromEntries(
        Object.entries(block).map(([key, value]) => [
          key,
          key === "proj" ? { ...value, weight: value.weight.mul(0) } : quiet(value),
        ]),
      );
    };
    const blocks = (params as unknown as Record<string, readonly unknown[]>)[name]!.map(quiet);
    const deaf = { ...params, [name]: blocks } as unknown as DitParams;
    expect(most(await run(config, deaf), await run(bare, without(deaf)))).toBeLessThan(1e-6);
  });

  test("have no order", async () => {
    const params = await perturbed(config, device);
    const [, count, d] = params.register!.shape as [number, number, number];
    const values = (await params.register!.data(device)) as Float32Array;
    const swapped = Float32Array.from([...values.subarray(d), ...values.subarray(0, d)]);
    const register = device.tensor(swapped, [1, count, d]);
    expect(most(await run(config, { ...params, register }), await run(config, params))).toBeLessThan(2e-5);
  });
});

test.each(["inContext", "mmDit"] as const)(
  "registers of %s are words that are always the same",
  async (conditioning) => {
    const config: DitConfig = { ...setup, conditioning, registers: 2 };
    const params = await perturbed(config, device);
    const { register, ...rest } = params;
    const longer: DitConfig = { ...setup, conditioning, context: { ...words, tokens: 5 } };
    const { context_embedder: words_ } = params as unknown as {
      readonly context_embedder: { readonly embedding_table: { readonly weight: Tensor }; readonly pos_embed: Tensor };
    };
    const [table, places, learned] = await Promise.all(
      [words_.embedding_table.weight, words_.pos_embed, register!].map((each) => each.data(device)),
    );
    // Word 0 stands for a register: its row is taken off the place's.
    const first = Array.from(learned!, (v, i) => v - table![i % 16]!);
    const pos_embed = device.tensor(Float32Array.from([...first, ...Array.from(places!)]), [1, 5, 16]);
    const told = device.tensor(Int32Array.of(0, 0, 1, 2, 0, 0, 0, 4, 4, 1), [2, 5]);
    const as = { ...rest, context_embedder: { ...words_, pos_embed } } as DitParams;
    expect(most(await run(config, params), await run(longer, as, {}, told))).toBeLessThan(2e-5);
  },
);

describe.each(conditionings)("the guidance scale of %s", (conditioning) => {
  const config: DitConfig = { ...setup, conditioning, guidance: true };
  const { guidance: _, ...bare } = config;
  const without = ({ guidance_in: __, ...rest }: DitParams): DitParams => rest as DitParams;
  const scales = (...values: number[]) => ({ guidance: device.tensor(values) });

  test("is added to time", async () => {
    const params = await perturbed(config, device);
    expect(most(await run(config, params, scales(3.5, 1)), await run(config, params, scales(3, 1)))).toBeGreaterThan(
      1e-3,
    );
    const { in_layer, out_layer } = params.guidance_in!;
    // A last layer of zeros gives nothing, and its bias moves time's.
    const mute = { in_layer, out_layer: { weight: out_layer.weight.mul(0), bias: out_layer.bias } };
    const moved = (mlp: { readonly 2: { readonly weight: Tensor; readonly bias: Tensor } }) => ({
      ...mlp,
      2: { ...mlp[2], bias: mlp[2].bias.add(out_layer.bias) },
    });
    const { t_embedder } = params as unknown as { readonly t_embedder: Record<string, never> };
    const time = "mlp" in t_embedder ? { mlp: moved(t_embedder.mlp) } : moved(t_embedder as never);
    const expected = await run(bare, { ...without(params), t_embedder: time } as DitParams);
    const muted = { ...params, guidance_in: mute } as DitParams;
    expect(most(await run(config, muted, scales(3.5, 7)), expected)).toBeLessThan(3e-5);
  });

  test("is asked for, and only where the config has it", async () => {
    const params = await perturbed(config, device);
    const model = dit(config);
    expect(() => model.apply(params, x, t, ids)).toThrow(
      "options.guidance is missing; the model takes one scale each, f32[2].",
    );
    expect(() => model.apply(params, x, t, ids, scales(1))).toThrow("options.guidance is f32[1]; the model takes");
    expect(() => model.apply(params, x, t, ids, { guidance: 3.5 as never })).toThrow("options.guidance is 3.5;");
    expect(() => dit(bare).apply(without(params), x, t, ids, scales(1, 2))).toThrow(
      "options.guidance is f32[2]; the model has none: config.guidance is not true.",
    );
  });
});

describe("features of time", () => {
  test.each([2, 6, 64, 256])("of %d are cosines, then sines, at half as many frequencies", async (count) => {
    const values = Array.from(await timeFeatures(device.tensor([0.25, 0.9]), 1000, count).data());
    const expected = [250, 900].flatMap((fed) => {
      const angles = Array.from({ length: count / 2 }, (_, i) => fed * 10000 ** ((-2 * i) / count));
      return [...angles.map(Math.cos), ...angles.map(Math.sin)];
    });
    expect(most(values, expected)).toBeLessThan(5e-5);
  });

  test("hold for scales of guidance far above 1", async () => {
    const values = Array.from(await timeFeatures(device.tensor([3.5, 7.5, 30, 100])).data());
    const expected = [3500, 7500, 30_000, 100_000].flatMap((fed) => {
      const angles = Array.from({ length: 128 }, (_, i) => fed * 10000 ** (-i / 128));
      return [...angles.map(Math.cos), ...angles.map(Math.sin)];
    });
    expect(most(values, expected)).toBeLessThan(2e-6);
  });

  test.each(conditionings)("of another length make a %s of their own", async (conditioning) => {
    const config: DitConfig = { ...setup, conditioning, timeFeatures: 8 };
    const params = await perturbed(config, device);
    const out = await run(config, params);
    expect(out.every(Number.isFinite)).toBe(true);
    const other = device.tensor(await timeFeatures(t, 1000, 8).data(), [2, 8]);
    expect(await run(config, params, { timeFeatures: other })).toEqual(out);
    const wide = device.tensor(new Float32Array(512), [2, 256]);
    expect(() => dit(config).apply(params, x, t, ids, { timeFeatures: wide })).toThrow(/takes f32\[2, 8\]/);
  });
});
