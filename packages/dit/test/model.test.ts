import { type Context, conditionings, type DitConfig, FlopsError } from "@isoflop/flops";
import { concat, createDevice, random, slice, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { type Condition, DitError, dit, namedParams, paramsFrom, positionTable } from "../src/index.js";
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

  test("a wrong config", () => {
    expect(() => dit({ ...words, heads: 3 })).toThrow(FlopsError);
  });
});

describe("weights by name", () => {
  const arraysOf = async (config: DitConfig) => {
    const params = await perturbed(config, device);
    const entries = Object.entries(namedParams(params)).map(
      async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };

  test.each(conditionings)("of %s go out and in unchanged", async (conditioning) => {
    const config: DitConfig = { ...words, conditioning };
    const arrays = await arraysOf(config);
    const back = namedParams(paramsFrom(dit(config), arrays, device));
    expect(Object.keys(back).sort()).toEqual(Object.keys(arrays).sort());
    for (const [name, leaf] of Object.entries(back)) expect(await leaf.data()).toEqual(arrays[name]!.data);
  });

  test("a stored sine-cosine table passes if it is the one that is computed", async () => {
    const [model, arrays] = [dit(words), await arraysOf(words)];
    const table = { shape: [1, 6, 16], data: Float32Array.from(positionTable(model.config)) };
    expect(() => paramsFrom(model, { ...arrays, pos_embed: table }, device)).not.toThrow();
    const shifted = { ...table, data: table.data.map((value) => value + 0.01) };
    expect(() => paramsFrom(model, { ...arrays, pos_embed: shifted }, device)).toThrow(/"pos_embed".*"learned"/);
  });

  test("PixArt's stored null caption is passed over, and no other model's", async () => {
    const single: DitConfig = { ...words, conditioning: "adaLNSingle", context: features };
    const stored = { "y_embedder.y_embedding": { shape: [2, 3], data: new Float32Array(6) } };
    expect(() => paramsFrom(dit(single), { ...stored }, device)).toThrow(/"x_embedder.proj.weight".* is missing/);
    expect(() => paramsFrom(dit(words), { ...stored }, device)).toThrow(/"y_embedder.y_embedding" is no parameter/);
  });

  test("missing, unknown and misshapen ones are named", async () => {
    const [model, { "linear.bias": bias, ...rest }] = [dit(words), await arraysOf(words)];
    expect(() => paramsFrom(model, rest, device)).toThrow(/"linear.bias" \[8\] is missing/);
    expect(() => paramsFrom(model, { ...rest, "linear.bias": { ...bias!, shape: [4, 2] } }, device)).toThrow(
      /"linear.bias" is \[4, 2\]; this config has \[8\]/,
    );
    expect(() => paramsFrom(model, { ...rest, "linear.bias": bias!, "final.bias": bias! }, device)).toThrow(
      /"final.bias" is no parameter/,
    );
  });
});
