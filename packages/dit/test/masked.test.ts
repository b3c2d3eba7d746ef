import { conditionings, type DitConfig } from "@isoflop/flops";
import { createDevice, meanSquaredError, random, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import {
  type Condition,
  DitError,
  dit,
  type NamedArray,
  namedParams,
  parameterCount,
  paramsFrom,
} from "../src/index.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");

const [n, tokens, dim] = [3, 4, 5];
const lengths = [1, 4, 2];
const setup = { image: { height: 4, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 } as const;
const x = random.normal(random.key(7), [n, 2, 4, 6]);
const t = device.tensor([0.2, 0.7, 0.4]);

type Weights = Readonly<Record<string, NamedArray>>;

const weightsOf = async (config: DitConfig): Promise<Weights> => {
  const entries = Object.entries(namedParams(await perturbed(config, device))).map(
    async ([name, leaf]) => [name, { shape: leaf.shape, data: (await leaf.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

/** Word positions of the first `kept` tokens. */
const cut = (weights: Weights, kept: number): Weights => {
  const name = "context_embedder.pos_embed";
  const whole = weights[name];
  if (!whole) return weights;
  return { ...weights, [name]: { shape: [1, kept, 16], data: whole.data.subarray(0, kept * 16) } };
};

const largest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const pooled = random.normal(random.key(3), [n, 6]);
const features = Float32Array.from({ length: n * tokens * dim }, (_, i) => Math.sin(3 + 1.3 * i));
const words = Int32Array.from({ length: n * tokens }, (_, i) =>
  i % tokens < lengths[Math.floor(i / tokens)]! ? 1 + ((i * 5) % 6) : 0,
);

interface Kind {
  readonly name: string;
  context(tokens: number, masked: boolean): DitConfig["context"];
  /** The whole batch, with `junk` as padding. */
  padded(junk?: number): Condition;
  /** One sample without its padding. */
  alone(sample: number): Condition;
}

const dirty = (junk: number): Float32Array =>
  features.map((value, i) => (Math.floor(i / dim) % tokens < lengths[Math.floor(i / dim / tokens)]! ? value : junk));

const counts = () => device.tensor(Int32Array.from(lengths), [n]);

const kinds: readonly Kind[] = [
  {
    name: "words",
    context: (count, masked) => ({ kind: "words", tokens: count, vocabulary: 7, ...(masked && { masked }) }),
    padded: () => device.tensor(words, [n, tokens]),
    alone: (i) => device.tensor(words.slice(i * tokens, i * tokens + lengths[i]!), [1, lengths[i]!]),
  },
  {
    name: "features",
    context: (count, masked) => ({ kind: "features", tokens: count, dim, ...(masked && { masked }) }),
    padded: (junk = 0) => ({ tokens: device.tensor(dirty(junk), [n, tokens, dim]), lengths: counts() }),
    alone: (i) =>
      device.tensor(features.slice(i * tokens * dim, (i * tokens + lengths[i]!) * dim), [1, lengths[i]!, dim]),
  },
  {
    name: "features and a pooled vector",
    context: (count, masked) => ({ kind: "features", tokens: count, dim, pooled: 6, ...(masked && { masked }) }),
    padded: (junk = 0) => ({ tokens: device.tensor(dirty(junk), [n, tokens, dim]), lengths: counts(), pooled }),
    alone: (i) => ({
      tokens: device.tensor(features.slice(i * tokens * dim, (i * tokens + lengths[i]!) * dim), [1, lengths[i]!, dim]),
      pooled: pooled.slice([i]).reshape([1, 6]),
    }),
  },
];

const cases = conditionings.flatMap((conditioning) =>
  kinds
    .filter(({ name }) => !name.includes("pooled") || conditioning === "mmDit")
    .flatMap((kind) => {
      const timed = conditioning === "inContext" || conditioning === "crossAttention";
      const times = timed ? (["token", "added"] as const) : [undefined];
      const told = kind.name === "features";
      // Tokens of other kinds shift where the caption stands in a sequence.
      const parts = [{}, ...(told ? [{ registers: 2, positions: "rope" } as const] : [])];
      return times.flatMap((time) =>
        parts.map((more) => ({
          name: `${conditioning} of ${kind.name}${time === "added" ? ", time added" : ""}${"registers" in more ? ", registers" : ""}`,
          kind,
          config: (count: number, masked: boolean): DitConfig => ({
            ...setup,
            conditioning,
            ...(time && { time }),
            ...more,
            context: kind.context(count, masked),
          }),
        })),
      );
    }),
);

const run = async (config: DitConfig, weights: Weights, condition: Condition, image = x, time: Tensor = t) => {
  const model = dit(config);
  return Array.from(
    (await model.apply(paramsFrom(model, weights, device), image, time, condition).data()) as Float32Array,
  );
};

describe.each(cases)("masked: $name", ({ kind, config }) => {
  const masked = config(tokens, true);

  test("each caption is what it would be by itself, without padding", async () => {
    const weights = await weightsOf(masked);
    const together = await run(masked, weights, kind.padded());
    const size = together.length / n;
    for (const [i, length] of lengths.entries()) {
      const own = [x.slice([i]).reshape([1, 2, 4, 6]), t.slice([i]).reshape([1])] as const;
      const alone = await run(config(length, false), cut(weights, length), kind.alone(i), ...own);
      expect(largest(together.slice(i * size, (i + 1) * size), alone)).toBeLessThan(2e-5);
    }
    // The mask is not idle: padding that is looked at changes what is predicted.
    const given = kind.padded();
    const seen = "lengths" in given ? { ...given, lengths: device.tensor(new Int32Array(n).fill(tokens), [n]) } : given;
    const unmasked = await run(kind.name === "words" ? config(tokens, false) : masked, weights, seen);
    expect(largest(together, unmasked)).toBeGreaterThan(1e-3);
  });

  test("parameters and their count are those without a mask", () => {
    expect(parameterCount(masked)).toEqual(parameterCount(config(tokens, false)));
  });

  const hidden = async (): Promise<void> => {
    const [model, params] = [dit(masked), await perturbed(masked, device)];
    const target = random.normal(random.key(5), [n, 2, 4, 6]);
    const measure = async (junk: number) => {
      const condition = kind.padded(junk);
      const loss = (p: typeof params) => meanSquaredError(model.apply(p, x, t, condition), target);
      const { value, gradient } = valueAndGrad(loss)(params);
      device.evaluate([value, gradient]);
      const leaves = Object.values(namedParams(gradient)).map(async (leaf) => Array.from(await leaf.data()));
      return [await value.item(), ...(await Promise.all(leaves))];
    };
    const clean = await measure(0);
    for (const junk of [3, 1e38, Number.NaN, Infinity]) expect(await measure(junk)).toEqual(clean);
  };
  // The padding of words is one word, which holds nothing else.
  if (kind.name !== "words") test("neither prediction nor gradients see what lies in padding", hidden);
});

describe("lengths", () => {
  const config: DitConfig = { ...setup, conditioning: "inContext", context: kinds[1]!.context(tokens, true) };

  test("below 1 are 1, beyond the tokens all of them", async () => {
    const weights = await weightsOf(config);
    const at = (...given: number[]) =>
      run(config, weights, {
        tokens: device.tensor(features, [n, tokens, dim]),
        lengths: device.tensor(Int32Array.from(given), [n]),
      });
    expect(await at(0, 5, -3)).toEqual(await at(1, 4, 1));
  });

  test("an empty caption of words is one padding word", async () => {
    const empty: DitConfig = { ...setup, conditioning: "crossAttention", context: kinds[0]!.context(tokens, true) };
    const one: DitConfig = { ...empty, context: kinds[0]!.context(1, false) };
    const weights = await weightsOf(empty);
    const none = (count: number) => device.tensor(new Int32Array(n * count), [n, count]);
    const expected = await run(one, cut(weights, 1), none(1));
    expect(largest(await run(empty, weights, none(tokens)), expected)).toBeLessThan(2e-5);
  });

  test("of another form are refused by name", () => {
    const model = dit(config);
    const params = model.init(random.key(0));
    const right = /takes \{ tokens: f32\[3, 4, 5\], lengths: i32\[3\] \} for a batch of 3/;
    const given = device.tensor(features, [n, tokens, dim]);
    for (const condition of [given, { tokens: given, lengths: t }, { tokens: given, pooled }] as Condition[]) {
      expect(() => model.apply(params, x, t, condition)).toThrow(DitError);
      expect(() => model.apply(params, x, t, condition)).toThrow(right);
    }
    const plain = dit({ ...config, context: kinds[1]!.context(tokens, false) });
    expect(() => plain.apply(params, x, t, { tokens: given, lengths: counts() })).toThrow(
      /condition is \{ tokens: f32\[3, 4, 5\], lengths: i32\[3\] \}; context "features" takes f32\[3, 4, 5\]/,
    );
  });
});
