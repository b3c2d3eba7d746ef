import { conditionings, type DitConfig, parameters } from "@isoflop/flops";
import { createDevice, openSafetensors, writeSafetensors } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { DitError, dit, type NamedArray, namedBuffers, namedParams, paramsFrom, positionTable } from "../src/index.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("reference");

const words: DitConfig = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  ...{ conditioning: "inContext", context: { kind: "words", tokens: 3, vocabulary: 5 } },
};

/** An official DiT in small: 4 × 4 patches. */
const labels: DitConfig = {
  ...{ image: { height: 8, width: 8, channels: 4 }, patch: 2, width: 16, depth: 2, heads: 2 },
  ...{ conditioning: "adaLNZero", context: { kind: "classes", classes: 10 } },
};

type Weights = Readonly<Record<string, NamedArray>>;

const arraysOf = async (config: DitConfig): Promise<Weights> => {
  const params = await perturbed(config, device);
  const entries = Object.entries(namedParams(params)).map(
    async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

const without = (arrays: Weights, ...names: readonly string[]): Weights =>
  Object.fromEntries(Object.entries(arrays).filter(([name]) => !names.includes(name)));

/** What loading says. */
const refusal = (config: DitConfig, arrays: Weights): string => {
  try {
    paramsFrom(dit(config), arrays, device);
  } catch (error) {
    expect(error).toBeInstanceOf(DitError);
    expect((error as DitError).code).toBe("weights");
    return (error as DitError).message;
  }
  throw new Error("These weights were accepted.");
};

describe("weights by name", () => {
  test.each(conditionings)("of %s go out and in unchanged", async (conditioning) => {
    const config: DitConfig = { ...words, conditioning };
    const arrays = await arraysOf(config);
    const back = namedParams(paramsFrom(dit(config), arrays, device));
    expect(Object.keys(back).sort()).toEqual(Object.keys(arrays).sort());
    for (const [name, leaf] of Object.entries(back)) expect(await leaf.data()).toEqual(arrays[name]!.data);
  });

  test("parameters and buffers are the official state dict, and load as they are", async () => {
    const arrays = { ...(await arraysOf(labels)), ...namedBuffers(labels) };
    expect(arrays.pos_embed!.shape).toEqual([1, 16, 16]);
    expect(arrays.pos_embed!.data).toEqual(Float32Array.from(positionTable(labels)));
    const numbers = Object.values(arrays).reduce((sum, { data }) => sum + data.length, 0);
    expect(numbers).toBe(parameters(labels).all);
    expect(() => paramsFrom(dit(labels), arrays, device)).not.toThrow();
    expect(namedBuffers({ ...labels, positions: "learned" })).toEqual({});
  });

  test("PixArt's stored null caption is passed over, and no other model's", async () => {
    const single: DitConfig = {
      ...words,
      ...{ conditioning: "adaLNSingle", context: { kind: "features", tokens: 2, dim: 3 } },
    };
    const stored = { "y_embedder.y_embedding": { shape: [2, 3], data: new Float32Array(6) } };
    expect(() => paramsFrom(dit(single), { ...stored }, device)).toThrow(/"x_embedder.proj.weight".* is missing/);
    expect(() => paramsFrom(dit(words), { ...stored }, device)).toThrow(/"y_embedder.y_embedding" is no parameter/);
  });

  test("a label table of an official DiT with a class dropout of 0 has no row for no label", async () => {
    const context = { kind: "classes", classes: 10, nullLabel: false } as const;
    const config: DitConfig = { ...labels, context };
    const arrays = await arraysOf(config);
    expect(arrays["y_embedder.embedding_table.weight"]!.shape).toEqual([10, 16]);
    expect(() => paramsFrom(dit(config), arrays, device)).not.toThrow();
    expect(refusal(labels, arrays)).toMatch(
      /^weights: "y_embedder.embedding_table.weight" is \[10, 16\]; this config has \[11, 16\]; nullLabel false, .* has it\.$/,
    );
  });
});

describe("a stored position table", () => {
  /** The arrays as a file of a format gives them back. */
  const stored = async (arrays: Weights, format: "F32" | "F16" | "BF16"): Promise<Weights> => {
    const file = await openSafetensors(
      writeSafetensors(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, { ...array, format }]))),
    );
    const entries = file.names.map(
      async (name) => [name, { shape: file.describe(name).shape, data: await file.float32(name) }] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };

  /** As many tokens in another grid: 2 rows of 8. */
  const wide: DitConfig = { ...labels, image: { height: 4, width: 16, channels: 4 } };

  test.each(["F32", "F16", "BF16"] as const)(
    "of %s is the computed one, rounded; another grid's is not",
    async (format) => {
      const arrays = await arraysOf(labels);
      expect(() => paramsFrom(dit(labels), arrays, device)).not.toThrow();
      const half = await stored({ ...arrays, ...namedBuffers(labels) }, format);
      const loaded = namedParams(paramsFrom(dit(labels), half, device));
      expect(await loaded["blocks.0.attn.qkv.weight"]!.data()).toEqual(half["blocks.0.attn.qkv.weight"]!.data);
      const other = await stored({ ...arrays, ...namedBuffers(wide) }, format);
      expect(refusal(labels, other)).toMatch(
        /^weights: "pos_embed" is not the sine-cosine table of this config: .* at \[0, 4, 0\], where that has 0\.000; .* another grid/,
      );
      expect(() => paramsFrom(dit({ ...labels, positions: "learned" }), other, device)).not.toThrow();
    },
  );

  test("of float32 is held closer than a half can be", async () => {
    const { pos_embed: table } = namedBuffers(labels);
    const shifted = { ...table!, data: table!.data.map((value) => value + 1e-3) };
    expect(refusal(labels, { ...(await arraysOf(labels)), pos_embed: shifted })).toMatch(/"pos_embed".*"learned"/);
  });

  test("of another size or with NaN says so", async () => {
    const arrays = await arraysOf(labels);
    const { pos_embed: table } = namedBuffers(labels);
    const short = { shape: [1, 8, 16], data: table!.data.slice(0, 128) };
    expect(refusal(labels, { ...arrays, pos_embed: short })).toMatch(
      /"pos_embed" is \[1, 8, 16\]; the sine-cosine table of this config is \[1, 16, 16\]/,
    );
    const ill = { ...table!, data: table!.data.map((value, i) => (i === 33 ? Number.NaN : value)) };
    expect(refusal(labels, { ...arrays, pos_embed: ill })).toMatch(/"pos_embed" holds NaN at \[0, 2, 1\]/);
  });
});

describe("loading says all that is wrong at once", () => {
  test("one trouble is one line", async () => {
    const arrays = await arraysOf(words);
    const bias = arrays["linear.bias"]!;
    expect(refusal(words, without(arrays, "linear.bias"))).toBe('weights: "linear.bias" [8] is missing.');
    expect(refusal(words, { ...arrays, "linear.bias": { ...bias, shape: [4, 2] } })).toBe(
      'weights: "linear.bias" is [4, 2]; this config has [8].',
    );
    expect(refusal(words, { ...arrays, "final.bias": bias })).toBe(
      'weights: "final.bias" is no parameter of this config.',
    );
  });

  test("missing, unknown, misshapen and not finite ones stand in one list", async () => {
    const arrays = await arraysOf(labels);
    const bias = arrays["x_embedder.proj.bias"]!;
    const qkv = arrays["blocks.1.attn.qkv.weight"]!;
    const message = refusal(labels, {
      ...without(arrays, "blocks.0.attn.qkv.bias", "blocks.0.mlp.fc1.weight"),
      "head.weight": bias,
      "x_embedder.proj.bias": { shape: [4, 4], data: bias.data },
      "blocks.1.attn.qkv.weight": { ...qkv, data: qkv.data.map((v, i) => (i === 37 ? -Infinity : i === 38 ? NaN : v)) },
    });
    expect(message.split("\n")).toEqual([
      "weights: 5 arrays do not fit this config:",
      '  "x_embedder.proj.bias" is [4, 4]; this config has [16]',
      '  "blocks.0.attn.qkv.bias" [48] is missing',
      '  "blocks.0.mlp.fc1.weight" [64, 16] is missing',
      '  "head.weight" is no parameter of this config',
      '  "blocks.1.attn.qkv.weight" holds -Infinity at [2, 5], the first that is not finite',
    ]);
  });

  test("the blocks of another depth are one line a name", async () => {
    const arrays = await arraysOf({ ...labels, depth: 1 });
    const message = refusal({ ...labels, depth: 4 }, arrays);
    expect(message).toMatch(/^weights: 30 arrays/);
    expect(message).toContain('"blocks.{1..3}.attn.qkv.weight" [48, 16] is missing');
    expect(message.split("\n")).toHaveLength(11);
    const few = without(await arraysOf({ ...labels, depth: 4 }), "blocks.0.mlp.fc1.bias", "blocks.3.mlp.fc1.bias");
    expect(refusal({ ...labels, depth: 4 }, few)).toMatch(/"blocks.\{0,3\}.mlp.fc1.bias" \[64\] is missing/);
  });

  test("data that do not fill their shape, or are no float32, are named", async () => {
    const arrays = await arraysOf(labels);
    const bias = (data: unknown) => ({
      ...arrays,
      "x_embedder.proj.bias": { shape: [16], data: data as Float32Array },
    });
    expect(refusal(labels, bias(new Float32Array(15)))).toMatch(
      /"x_embedder.proj.bias" is \[16\] of 16 numbers, with data of 15/,
    );
    for (const data of [new Uint16Array(16), new Array(16).fill(0), undefined])
      expect(refusal(labels, bias(data))).toMatch(/"x_embedder.proj.bias" has data that are no Float32Array/);
    for (const array of [undefined, null, new Float32Array(16)]) {
      const odd = { ...arrays, "x_embedder.proj.bias": array, pos_embed: array } as unknown as Weights;
      expect(refusal(labels, odd)).toMatch(/"x_embedder.proj.bias" is \[\]; this config has \[16\]\n {2}"pos_embed" /);
    }
  });

  test("a model that learns its variance says so", async () => {
    const sigma = await arraysOf({ ...labels, outChannels: 8 });
    expect(refusal(labels, sigma)).toMatch(
      /"final_layer.linear.weight" is \[32, 16\]; this config has \[16, 16\]; outChannels 8, a learned variance, has it/,
    );
  });

  test("names of a hostile file neither break the message's lines nor fill a screen", async () => {
    const arrays = await arraysOf(labels);
    const names = Array.from({ length: 500 }, (_, i) => `odd\n\u001b[2J${i}`);
    const bias = arrays["x_embedder.proj.bias"]!;
    const message = refusal(labels, { ...arrays, ...Object.fromEntries(names.map((name) => [name, bias])) });
    expect(message).toMatch(/^weights: 500 arrays/);
    expect(message.split("\n").at(-1)).toBe("  and 440 more such lines");
    expect(message).not.toContain("\u001b");
  });
});
