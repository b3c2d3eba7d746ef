import type { Setup } from "@isoflop/flops";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DitError, ladder, ladderWidths, learningRateFor, parameterCount, sizeFor, sizeOf } from "../src/index.js";

/** Sixteen-pixel scenes with six words, as in a study of minutes. */
const scenes: Setup = {
  ...{ image: { height: 16, width: 16, channels: 3 }, patch: 2 },
  ...{ conditioning: "inContext", context: { kind: "words", tokens: 6, vocabulary: 64 } },
};

describe("the ladder", () => {
  const rungs = ladder(scenes);

  test("runs from about 4 thousand to more than 1 billion parameters, upward", () => {
    expect(rungs[0]!.parameters).toBeGreaterThan(3e3);
    expect(rungs[0]!.parameters).toBeLessThan(6e3);
    expect(rungs.at(-1)!.parameters).toBeGreaterThan(1e9);
    for (const [i, { parameters }] of rungs.slice(1).entries())
      expect(parameters).toBeGreaterThan(rungs[i]!.parameters);
  });

  test("steps by no more than a factor of 2.2 above its smallest", () => {
    for (const [i, { parameters }] of rungs.slice(2).entries())
      expect(parameters / rungs[i + 1]!.parameters).toBeLessThan(2.2);
  });

  test("has heads 8 to 64 wide that divide the width, and depth by its root", () => {
    for (const width of Array.from({ length: 320 }, (_, i) => 8 * (i + 1))) {
      const { heads, depth } = sizeOf(width);
      expect([8, 16, 32, 64]).toContain(width / heads);
      expect(Math.abs(depth - Math.sqrt(width) / 2)).toBeLessThanOrEqual(0.5);
    }
    expect([16, 64, 256, 1024].map((width) => sizeOf(width).depth)).toEqual([2, 4, 8, 16]);
    expect(sizeOf(8)).toEqual({ width: 8, depth: 1, heads: 1 });
  });

  test("grows as 12 · width² · depth", () => {
    const { config, parameters } = ladder(scenes, [2048])[0]!;
    expect(parameters / (12 * config.width ** 2 * config.depth)).toBeCloseTo(1, 2);
  });

  test("takes multiples of 8 alone", () => {
    expect(ladderWidths.every((width) => width % 8 === 0)).toBe(true);
    for (const width of [0, 12, 8.5, -8, Number.NaN]) expect(() => sizeOf(width)).toThrow(DitError);
  });
});

describe("sizeFor", () => {
  test("gives the nearest of all sizes in ratio", () => {
    const all = ladder(
      scenes,
      Array.from({ length: 60 }, (_, i) => 8 * (i + 1)),
    ).map(({ parameters }) => parameters);
    const distance = (n: number, wanted: number) => Math.abs(Math.log(n / wanted));
    fc.assert(
      fc.property(fc.double({ min: Math.log(6e3), max: Math.log(2e6), noNaN: true }), (logN) => {
        const wanted = Math.exp(logN);
        const nearest = Math.min(...all.map((n) => distance(n, wanted)));
        const found = sizeFor(scenes, wanted);
        expect(distance(found.parameters, wanted)).toBeCloseTo(nearest, 12);
        expect(found.parameters).toBe(parameterCount(found.config).trainable);
      }),
    );
  });

  test("finds every rung by its own count", () => {
    for (const { name, parameters } of ladder(scenes)) expect(sizeFor(scenes, parameters).name).toBe(name);
  });

  test("refuses what lies outside", () => {
    for (const n of [100, 1e12, Number.NaN]) expect(() => sizeFor(scenes, n)).toThrow(/this set-up reaches \d+ to \d+/);
  });
});

describe("learningRateFor", () => {
  test("is a power of the width through the base", () => {
    const rule = { base: 2e-3, baseWidth: 64, exponent: 1 };
    expect(learningRateFor(64, rule)).toBe(2e-3);
    expect(learningRateFor(256, rule)).toBeCloseTo(5e-4, 12);
    expect(learningRateFor(256, { ...rule, exponent: 0.5 })).toBeCloseTo(1e-3, 12);
    expect(learningRateFor(256, { ...rule, exponent: 0 })).toBe(2e-3);
  });

  test("is what the rungs carry", () => {
    const rule = { base: 1e-3, baseWidth: 8, exponent: 0.7 };
    for (const { config, learningRate } of ladder(scenes, [8, 64], rule))
      expect(learningRate).toBe(learningRateFor(config.width, rule));
  });

  test("a rule's unknown key is refused, and a set-up with a size", () => {
    const rule = { base: 1, baseWidth: 8, exponent: 1, warmup: 0.1 };
    expect(() => learningRateFor(8, rule)).toThrow(/unknown key "warmup"; it takes base, baseWidth, exponent/);
    expect(() => ladder({ ...scenes, depth: 3 } as Setup, [8])).toThrow(/set-up has a depth of its own/);
    expect(() => sizeFor({ ...scenes, dropout: 0.1 } as Setup, 1e5)).toThrow(/unknown key "dropout"; it takes image/);
  });

  test("names what is wrong", () => {
    expect(() => learningRateFor(0)).toThrow(/width is 0/);
    expect(() => learningRateFor(8, { base: -1, baseWidth: 8, exponent: 1 })).toThrow(/base is -1/);
    expect(() => learningRateFor(8, { base: 1, baseWidth: 8, exponent: Number.NaN })).toThrow(/exponent is NaN/);
  });
});
