import { type Context, conditionings, type DitConfig, FlopsError } from "@isoflop/flops";
import { concat, createDevice, random, slice, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { type Condition, DitError, type DitParams, dit, parameterCount, positionTable } from "../src/index.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("reference");

const words: DitConfig = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  ...{ conditioning: "inContext", context: { kind: "words", tokens: 3, vocabulary: 5 } },
};

const features = { kind: "features", tokens: 2, dim: 3 } as const;
const tokens = device.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3]);

/** Whether a config's conditioning takes its context: joint and cross-attention need some, and MM-DiT alone takes a pooled vector. */
const takes = ({ conditioning, context }: DitConfig): boolean =>
  context.kind === "none"
    ? conditioning !== "adaLNSingle" && conditioning !== "mmDit"
    : !("pooled" in context) || conditioning === "mmDit";

const x = (n: number): Tensor => random.normal(random.key(7), [n, 2, 4, 6]);
const ids = (...values: number[]): Tensor => device.tensor(Int32Array.from(values), [values.length / 3, 3]);

describe.each(conditionings)("the forward pass of %s", (conditioning) => {
  const config: DitConfig = { ...words, conditioning };

  test("samples of a batch do not see each other", async () => {
    const [model, params] = [dit(config), await perturbed(config, device)];
    const [t, condition] = [device.tensor([0.2, 0.7]), ids(1, 2, 0, 4, 4, 0)];
    const together = await model.apply(params, x(2), t, condition).data();
    const alone = [0, 1].map((i) => model.apply(params, slice(x(2), [i]), slice(t, [i]), slice(condition, [i])));
    const apart = await concat(alone).data();
    for (const [i, value] of together.entries()) expect(value).toBeCloseTo(apart[i]!, 5);
  });

  test("time and context matter, and the order of words but to a mean", async () => {
    const [model, params] = [dit(config), await perturbed(config, device)];
    const run = (t: number, condition: Tensor) => model.apply(params, x(1), device.tensor([t]), condition).data();
    const base = await run(0.2, ids(1, 2, 0));
    const most = (other: ArrayLike<number>) => Math.max(...Array.from(other, (v, i) => Math.abs(v - base[i]!)));
    expect(most(await run(0.3, ids(1, 2, 0)))).toBeGreaterThan(1e-3);
    expect(most(await run(0.2, ids(1, 3, 0)))).toBeGreaterThan(1e-3);
    const swapped = most(await run(0.2, ids(2, 1, 0)));
    if (conditioning === "adaLN" || conditioning === "adaLNZero") expect(swapped).toBeLessThan(1e-5);
    else expect(swapped).toBeGreaterThan(1e-3);
  });

  test("a word outside the table gives NaN", async () => {
    const [model, params] = [dit(config), await perturbed(config, device)];
    const out = await model.apply(params, x(1), device.tensor([0.2]), ids(1, 5, 0)).data();
    expect(out[0]).toBeNaN();
  });

  test.each<[string, Context, () => Condition | undefined]>([
    ["classes", { kind: "classes", classes: 4 }, () => device.tensor(Int32Array.of(4), [1])],
    ["features", features, () => device.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3])],
    [
      "features and a pooled vector",
      { ...features, pooled: 2 },
      () => ({ tokens, pooled: device.tensor([1, 2], [1, 2]) }),
    ],
    ["none", { kind: "none" }, () => undefined],
  ])("%s as context, learned positions and normed heads", async (_, context, condition) => {
    const given: DitConfig = { ...config, context, positions: "learned", qkNorm: "rms" };
    if (!takes(given)) {
      expect(() => dit(given)).toThrow(FlopsError);
      return;
    }
    const out = dit(given).apply(await perturbed(given, device), x(1), device.tensor([0.5]), condition());
    expect(out.shape).toEqual([1, 2, 4, 6]);
    const values = (await out.data()) as Float32Array;
    expect(values.every(Number.isFinite) && values.some((v) => v !== 0)).toBe(true);
  });
});

describe("what does not fit is refused by name", () => {
  const model = dit(words);
  const params = model.init(random.key(0));
  const t = device.tensor([0.5]);
  const condition = ids(1, 2, 0);

  test.each<[string, () => unknown, RegExp]>([
    [
      "x",
      () => model.apply(params, random.normal(random.key(0), [1, 3, 4, 6]), t, condition),
      /x is f32\[1, 3, 4, 6\].*\[1, 2, 4, 6\]/,
    ],
    ["t", () => model.apply(params, x(2), t, condition), /t is f32\[1\].*f32\[2\]/],
    ["a missing condition", () => model.apply(params, x(1), t), /condition is missing.*i32\[1, 3\]/],
    [
      "a float condition",
      () => model.apply(params, x(1), t, device.tensor([1, 2, 0], [1, 3])),
      /f32\[1, 3\].*i32\[1, 3\]/,
    ],
    [
      "a pooled vector where there is none",
      () => model.apply(params, x(1), t, { tokens: condition, pooled: t }),
      /tokens: i32\[1, 3\], pooled: f32\[1\].*takes i32\[1, 3\]/,
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(DitError);
    expect(act).toThrow(message);
  });

  test.each<[string, unknown[], RegExp]>([
    ["no x", [undefined, t, condition], /x is undefined; the config's image takes f32/],
    ["numbers as x", [new Float32Array(48), t, condition], /x is no tensor but Float32Array/],
    ["a number as t", [x(1), 0.5, condition], /t is 0.5; x has a batch of 1/],
    ["a number as condition", [x(1), t, 3], /condition is 3; context "words" takes i32\[1, 3\]/],
    ["a list as condition", [x(1), t, [1, 2, 0]], /condition is no tensor but Array/],
    ["null as condition", [x(1), t, null], /condition is null/],
    [
      "numbers as pooled",
      [x(1), t, { tokens: condition, pooled: [1] }],
      /tokens: i32\[1, 3\], pooled: no tensor but Array/,
    ],
  ])("%s", (_, operands, message) => {
    const act = () => Reflect.apply(model.apply, model, [params, ...operands]);
    expect(act).toThrow(DitError);
    expect(act).toThrow(message);
  });

  test("a pooled vector that is missing or of another length", () => {
    const pooling = dit({ ...words, conditioning: "mmDit", context: { ...features, pooled: 2 } });
    const made = pooling.init(random.key(0));
    const right = /takes \{ tokens: f32\[1, 2, 3\], pooled: f32\[1, 2\] \} for a batch of 1/;
    expect(() => pooling.apply(made, x(1), t, tokens)).toThrow(right);
    expect(() => pooling.apply(made, x(1), t, { tokens, pooled: device.tensor([1, 2, 3], [1, 3]) })).toThrow(right);
  });

  test("a condition where the model takes none", () => {
    const plain = dit({ ...words, context: { kind: "none" } });
    expect(() => plain.apply(plain.init(random.key(0)), x(1), t, condition)).toThrow(/takes none/);
  });

  test.each<[string, object, RegExp]>([
    ["heads that do not divide", { heads: 3 }, /heads is 3/],
    ["an unknown conditioning", { conditioning: "film" }, /conditioning is "film"; it must be one of "inContext"/],
    ["an unknown option", { dropout: 0.1 }, /unknown key "dropout"; it takes image, patch/],
  ])("a config with %s", (_, change, message) => {
    const config = { ...words, ...change } as DitConfig;
    expect(() => dit(config)).toThrow(FlopsError);
    expect(() => dit(config)).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    ["a depth of a million", { depth: 1e6 }, /A model of 3,280,\d{3},\d{3} parameters in 1,000,000 blocks/],
    ["a width of a billion", { width: 1e9 }, /A model of [\d,]{20,} parameters in 2 blocks/],
    [
      "a word list beyond all memory",
      { context: { kind: "words", tokens: 3, vocabulary: 1e14 } },
      /1,600,000,000,\d{3},\d{3} parameters in 2/,
    ],
    [
      "positions beyond all memory",
      { image: { height: 2e6, width: 2e6, channels: 1 } },
      /position tables of 16,000,000,000,000 numbers/,
    ],
    ["times beyond the sines' range", { timeScale: 1e6 }, /timeScale is 1000000; .* right up to 4096/],
  ])("%s is refused at once", (_, change, message) => {
    const config = { ...words, ...change } as DitConfig;
    for (const act of [() => dit(config), () => parameterCount(config)]) {
      expect(act).toThrow(DitError);
      expect(act).toThrow(message);
    }
  });

  test("a position table beyond an array's size", () => {
    const config: DitConfig = { ...words, image: { height: 20_000, width: 20_000, channels: 2 } };
    expect(() => positionTable(config)).toThrow(/table of 100000000 tokens at width 16 has 1600000000 numbers/);
    expect(() => positionTable(config)).toThrow(DitError);
  });
});

describe("parameters of another model are refused by name", () => {
  const [t, condition] = [device.tensor([0.5]), ids(1, 2, 0)];
  const run = (config: DitConfig, params: DitParams) => () => dit(config).apply(params, x(1), t, condition);
  const made = (config: DitConfig) => dit(config).init(random.key(0));

  test("of another depth, whichever is deeper", () => {
    const [one, three] = [1, 3].map((depth): DitConfig => ({ ...words, depth }));
    expect(run(three!, made(three!))).not.toThrow();
    expect(run(three!, made(one!))).toThrow(DitError);
    expect(run(three!, made(one!))).toThrow(
      /inContext, depth 3: 24 .*\n.*"blocks.\{1..2\}.norm1.weight" \[16\] is missing/,
    );
    expect(run(one!, made(three!))).toThrow(/"blocks.\{1..2\}.attn.qkv.weight" is no parameter of this config/);
  });

  test.each(conditionings.filter((name) => name !== words.conditioning))("of %s", (conditioning) => {
    const params = made({ ...words, conditioning });
    expect(run(words, params)).toThrow(DitError);
    expect(run(words, params)).toThrow(
      /params of inContext, depth 2: \d+ arrays[\s\S]*"linear.weight" \[8, 16\] is missing/,
    );
  });

  test("of another width, another context, and what are no parameters", () => {
    expect(run(words, made({ ...words, width: 32 }))).toThrow(
      /"x_embedder.proj.bias" is \[32\]; this config has \[16\]/,
    );
    expect(run(words, made({ ...words, context: features }))).toThrow(/"context_embedder.pos_embed".* is missing/);
    const { linear, ...rest } = made(words) as DitParams<"inContext">;
    const bias = device.tensor(new Int32Array(8));
    expect(run(words, { ...rest, linear: { ...linear, bias } })).toThrow(/"linear.bias" is i32; parameters are f32/);
    for (const nothing of [undefined, null, {}, []])
      expect(run(words, nothing as never)).toThrow(/"x_embedder.proj.weight" .* is missing/);
  });
});
