import { conditionings, type DitConfig, resolve, rotaryWidths } from "@isoflop/flops";
import { createDevice, grad, random, sum, type Tensor } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { attend, attentionSpecs, type Rotation, rotate, rotationOf } from "../src/building-blocks.js";
import { type Condition, type DitParams, dit } from "../src/index.js";
import { build } from "../src/spec.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm");
const reference = await createDevice("reference");

const base: DitConfig = {
  ...{ image: { height: 8, width: 6, channels: 2 }, patch: 2, width: 16, depth: 2, heads: 2 },
  ...{ conditioning: "adaLN", context: { kind: "none" }, positions: "rope" },
};
const video: DitConfig = { ...base, image: { ...base.image, frames: 3 } };

const rotation = (config: DitConfig, before = 0, after = 0): Rotation =>
  rotationOf(resolve(config), before, after) as Rotation;

/** Angles of a token's pairs in float64: of its frame, its row and its column. */
const angles = (config: DitConfig, token: number): number[] => {
  const { grid, width, heads } = resolve(config);
  const widths = rotaryWidths(width / heads, grid);
  const place = {
    frames: Math.floor(token / (grid.rows * grid.columns)),
    rows: Math.floor(token / grid.columns) % grid.rows,
    columns: token % grid.columns,
  };
  return (["frames", "rows", "columns"] as const).flatMap((axis) =>
    Array.from({ length: widths[axis] / 2 }, (_, i) => place[axis] * 10000 ** ((-2 * i) / widths[axis])),
  );
};

/** Each pair (a, b) becomes (a cos - b sin, a sin + b cos). */
const turned = (x: ArrayLike<number>, by: readonly number[]): number[] =>
  by.flatMap((angle, i) => {
    const [a, b, c, s] = [x[2 * i]!, x[2 * i + 1]!, Math.cos(angle), Math.sin(angle)];
    return [a * c - b * s, a * s + b * c];
  });

const most = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((peak, value, i) => Math.max(peak, Math.abs(value - b[i]!)), 0);

describe.each<[string, DitConfig]>([
  ["an image", base],
  ["a video", video],
])("queries and keys of %s", (_, config) => {
  const { imageTokens: tokens } = resolve(config);
  const drawn = () => random.normal(random.key(1), [2, tokens, 2, 8]);
  const x = drawn();

  test.each(["wasm", "reference"] as const)("turn as the formula says, on %s", async (name) => {
    const [on, y] = [name === "wasm" ? device : reference, drawn()];
    const [values, given] = [await rotate(y, rotation(config)).data(on), await y.data(on)];
    for (let head = 0; head < 2 * tokens * 2; head++) {
      const expected = turned(given.subarray(8 * head, 8 * head + 8), angles(config, Math.floor(head / 2) % tokens));
      expect(most(values.subarray(8 * head, 8 * head + 8), expected)).toBeLessThan(2e-6);
    }
  });

  test("stay where they are at place 0, and as long as they were everywhere", async () => {
    const [values, given] = [await rotate(x, rotation(config)).data(device), await x.data(device)];
    expect(values.subarray(0, 16)).toEqual(given.subarray(0, 16));
    expect(values.subarray(16, 32)).not.toEqual(given.subarray(16, 32));
    const length = (all: ArrayLike<number>, head: number) =>
      Math.hypot(...Array.from(all).slice(8 * head, 8 * head + 8));
    for (let head = 0; head < 4 * tokens; head++) expect(length(values, head)).toBeCloseTo(length(given, head), 5);
  });

  test("meet in products that depend on how far apart they are", async () => {
    const { grid } = resolve(config);
    const [q, k] = await Promise.all(
      [2, 3].map(async (seed) => {
        const one = random.normal(random.key(seed), [1, 1, 1, 8]);
        const everywhere = one.add(random.normal(random.key(9), [1, tokens, 1, 1]).mul(0));
        return rotate(everywhere, rotation(config)).data(reference);
      }),
    );
    const byDistance = new Map<string, number>();
    const place = (i: number) => [
      Math.floor(i / (grid.rows * grid.columns)),
      Math.floor(i / grid.columns) % grid.rows,
      i % grid.columns,
    ];
    for (let i = 0; i < tokens; i++)
      for (let j = 0; j < tokens; j++) {
        const apart = place(i)
          .map((at, axis) => at - place(j)[axis]!)
          .join();
        const score = Array.from({ length: 8 }, (_, c) => q![8 * i + c]! * k![8 * j + c]!).reduce((a, b) => a + b);
        expect(score).toBeCloseTo(byDistance.get(apart) ?? score, 5);
        byDistance.set(apart, score);
      }
    expect(new Set([...byDistance.values()].map((score) => score.toFixed(4))).size).toBeGreaterThan(tokens);
  });

  test("have a gradient that turns back", async () => {
    const weights = random.normal(random.key(4), x.shape);
    const gradient = grad((y: Tensor) => sum(rotate(y, rotation(config)).mul(weights)))(x);
    const [values, given] = [await gradient.data(device), await weights.data(device)];
    for (let head = 0; head < 4 * tokens; head++) {
      const back = angles(config, Math.floor(head / 2) % tokens).map((angle) => -angle);
      const expected = turned(given.subarray(8 * head, 8 * head + 8), back);
      expect(most(values.subarray(8 * head, 8 * head + 8), expected)).toBeLessThan(2e-6);
    }
  });

  test("of the tokens about them do not turn", async () => {
    const sequence = random.normal(random.key(5), [1, 3 + tokens + 2, 2, 8]);
    const values = await rotate(sequence, rotation(config, 3, 2)).data(device);
    const given = await sequence.data(device);
    expect(values.subarray(0, 3 * 16)).toEqual(given.subarray(0, 3 * 16));
    expect(values.subarray(-2 * 16)).toEqual(given.subarray(-2 * 16));
    const inside = device.tensor(given.slice(3 * 16, -2 * 16), [1, tokens, 2, 8]);
    expect(values.slice(3 * 16, -2 * 16)).toEqual(await rotate(inside, rotation(config)).data(device));
  });
});

test("no other positions turn anything", () => {
  for (const positions of ["sincos", "learned"] as const)
    expect(rotationOf(resolve({ ...base, positions }))).toBeUndefined();
  expect(rotationOf(resolve({ ...base, positions: "sincos+rope" }))).toBeDefined();
});

test("tables are right to 2e-6 far from the origin", async () => {
  const far: DitConfig = { ...base, image: { height: 2, width: 4096, channels: 1 }, patch: 1, width: 64, heads: 1 };
  const { cos, sin } = rotation(far);
  const [cosines, sines] = [await cos.data(device), await sin.data(device)];
  for (const token of [1, 1000, 4095, 8191])
    for (const [pair, angle] of angles(far, token).entries()) {
      expect(Math.abs(cosines[64 * token + 2 * pair]! - Math.cos(angle))).toBeLessThan(2e-6);
      expect(Math.abs(sines[64 * token + 2 * pair + 1]! - Math.sin(angle))).toBeLessThan(2e-6);
      expect(sines[64 * token + 2 * pair]).toBe(-sines[64 * token + 2 * pair + 1]!);
    }
});

test("attention turns queries and keys, and no values", async () => {
  const config: DitConfig = { ...base, width: 8, heads: 1, qkNorm: "none" };
  const c = resolve(config);
  let seed = 20;
  const params = build<Parameters<typeof attend>[0]>(attentionSpecs(c), ({ shape }) =>
    random.normal(random.key(seed++), shape),
  );
  const x = random.normal(random.key(6), [1, c.imageTokens, 8]);
  const out = await attend(params, x, 1, undefined, rotation(config)).data(reference);
  const [{ qkv, proj }, given] = [params, await x.data(reference)];
  const [w, b, wo, bo] = await Promise.all(
    [qkv.weight, qkv.bias, proj.weight, proj.bias].map((t) => t.data(reference)),
  );
  const rows = (weight: ArrayLike<number>, bias: ArrayLike<number>, y: ArrayLike<number>, from: number) =>
    Array.from({ length: 8 }, (_, r) => {
      const at = 8 * (from + r);
      return Array.from({ length: 8 }, (_, c) => weight[at + c]! * y[c]!).reduce((sum, v) => sum + v, bias[from + r]!);
    });
  const tokens = Array.from({ length: c.imageTokens }, (_, i) => {
    const token = given.subarray(8 * i, 8 * i + 8);
    const by = angles(config, i);
    return { q: turned(rows(w!, b!, token, 0), by), k: turned(rows(w!, b!, token, 8), by), v: rows(w!, b!, token, 16) };
  });
  for (const [i, { q }] of tokens.entries()) {
    const scores = tokens.map(({ k }) => Math.exp(k.reduce((sum, v, c) => sum + v * q[c]!, 0) / Math.sqrt(8)));
    const total = scores.reduce((a, b) => a + b);
    const mixed = q.map((_, c) => tokens.reduce((sum, { v }, j) => sum + (scores[j]! / total) * v[c]!, 0));
    expect(most(out.subarray(8 * i, 8 * i + 8), rows(wo!, bo!, mixed, 0))).toBeLessThan(1e-4);
  }
});

describe.each(conditionings)("%s with rotary positions", (conditioning) => {
  const words = { kind: "words", tokens: 3, vocabulary: 5 } as const;
  const config = (positions: DitConfig["positions"], rest: Partial<DitConfig> = {}): DitConfig => ({
    ...{ ...base, conditioning, context: words, positions: positions! },
    ...rest,
  });
  const x = random.normal(random.key(7), [2, 2, 8, 6]);
  const t = device.tensor([0.2, 0.7]);
  const ids = device.tensor(Int32Array.of(1, 2, 3, 4, 4, 1), [2, 3]);
  const run = async (given: DitConfig, params: DitParams, image: Tensor = x, told: Condition = ids) =>
    dit(given).apply(params, image, t, told).data();

  /** Parameters with another table of positions: zeros where the config learns one. */
  const without = ({ pos_embed: _, ...rest }: DitParams): DitParams => rest as DitParams;
  const still = (params: DitParams): DitParams => ({ ...params, pos_embed: params.pos_embed!.mul(0) });

  test("is told apart from one without positions by more than one token", async () => {
    const learned = await perturbed(config("learned"), device);
    const [plain, rotary] = [await run(config("learned"), still(learned)), await run(config("rope"), without(learned))];
    expect(most(plain, rotary)).toBeGreaterThan(1e-3);
    const one = { image: { height: 2, width: 2, channels: 2 } };
    const small = await perturbed(config("learned", one), device);
    const image = random.normal(random.key(8), [2, 2, 2, 2]);
    const alone = await run(config("learned", one), still(small), image);
    expect(await run(config("rope", one), without(small), image)).toEqual(alone);
  });

  test("whose captions are masked and full is the one without a mask", async () => {
    const more = { registers: 2, positions: "sincos+rope" } as const;
    const params = await perturbed(config("rope", more), device);
    const masked = config("rope", { ...more, context: { ...words, masked: true } });
    expect(most(await run(config("rope", more), params), await run(masked, params))).toBeLessThan(2e-5);
  });
});
