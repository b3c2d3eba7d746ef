import { type Context, type DitConfig, FlopsError } from "@isoflop/flops";
import { concat, createDevice, random, slice, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { DitError, type DitParams, dit, namedParams, paramsFrom, positionTable } from "../src/index.js";

const device = await createDevice("reference");

const words: DitConfig = {
  ...{ image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  ...{ conditioning: "inContext", context: { kind: "words", tokens: 3, vocabulary: 5 } },
};

/** Random weights everywhere, so that nothing is zero and every path shows. */
const perturbed = async (config: DitConfig): Promise<DitParams> => {
  const model = dit(config);
  const entries = Object.entries(namedParams(model.init(random.key(0)))).map(async ([name, { shape, size }], i) => {
    const data = await random.normal(random.key(i), [size]).mul(0.3).data(device);
    return [name, { shape, data: data as Float32Array }] as const;
  });
  return paramsFrom(model, Object.fromEntries(await Promise.all(entries)), device);
};

const x = (n: number): Tensor => random.normal(random.key(7), [n, 2, 4, 6]);
const ids = (...values: number[]): Tensor => device.tensor(Int32Array.from(values), [values.length / 3, 3]);

describe("the forward pass", () => {
  test("samples of a batch do not see each other", async () => {
    const [model, params] = [dit(words), await perturbed(words)];
    const [t, condition] = [device.tensor([0.2, 0.7]), ids(1, 2, 0, 4, 4, 0)];
    const together = await model.apply(params, x(2), t, condition).data();
    const alone = [0, 1].map((i) => model.apply(params, slice(x(2), [i]), slice(t, [i]), slice(condition, [i])));
    const apart = await concat(alone).data();
    for (const [i, value] of together.entries()) expect(value).toBeCloseTo(apart[i]!, 5);
  });

  test("time, context and the order of words all matter", async () => {
    const [model, params] = [dit(words), await perturbed(words)];
    const run = (t: number, condition: Tensor) => model.apply(params, x(1), device.tensor([t]), condition).data();
    const base = await run(0.2, ids(1, 2, 0));
    for (const other of [await run(0.3, ids(1, 2, 0)), await run(0.2, ids(1, 3, 0)), await run(0.2, ids(2, 1, 0))])
      expect(other).not.toEqual(base);
  });

  test("a word outside the table gives NaN", async () => {
    const [model, params] = [dit(words), await perturbed(words)];
    const out = await model.apply(params, x(1), device.tensor([0.2]), ids(1, 5, 0)).data();
    expect(out[0]).toBeNaN();
  });

  test.each<[string, Context, () => Tensor | undefined]>([
    ["classes", { kind: "classes", classes: 4 }, () => device.tensor(Int32Array.of(4), [1])],
    ["features", { kind: "features", tokens: 2, dim: 3 }, () => device.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3])],
    ["none", { kind: "none" }, () => undefined],
  ])("%s as context, learned positions and normed heads", async (_, context, condition) => {
    const config: DitConfig = { ...words, context, positions: "learned", qkNorm: "rms" };
    const out = dit(config).apply(await perturbed(config), x(1), device.tensor([0.5]), condition());
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
      "a conditioning not built",
      () => dit({ ...words, conditioning: "adaLNZero" }),
      /conditioning is "adaLNZero".*"inContext"/,
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(DitError);
    expect(act).toThrow(message);
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
    const params = await perturbed(config);
    const entries = Object.entries(namedParams(params)).map(
      async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };

  test("go out and in unchanged", async () => {
    const arrays = await arraysOf(words);
    const back = namedParams(paramsFrom(dit(words), arrays, device));
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
