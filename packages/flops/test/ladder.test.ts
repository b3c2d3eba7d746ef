import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FlopsError, ladder, ladderRules, nearest, paperLadder, parameters, type Setup } from "../src/index.js";

/** Sixteen-pixel scenes with six words, as in a study of minutes. */
const scenes: Setup = {
  ...{ image: { height: 16, width: 16, channels: 3 }, patch: 2 },
  ...{ conditioning: "inContext", context: { kind: "words", tokens: 6, vocabulary: 64 } },
};
const { sd3, halfRoot, shallow } = ladderRules;
const multiplesOf = (step: number, upTo: number) => Array.from({ length: upTo / step }, (_, i) => step * (i + 1));
const trainable = (models: ReturnType<typeof ladder>) => models.map(({ config }) => parameters(config).trainable);

describe("a rule for every size", () => {
  test("sd3: width / 64 blocks, heads 64 or 32 wide", () => {
    expect(sd3(512)).toEqual({ width: 512, depth: 8, heads: 8 });
    expect(sd3(32)).toEqual({ width: 32, depth: 1, heads: 1 });
    expect(() => sd3(500)).toThrow(/width is 500; this ladder has multiples of 32/);
  });

  test("halfRoot: depth by the root of the width, heads 8 to 64 wide that divide it", () => {
    for (const width of multiplesOf(8, 2560)) {
      const { heads, depth } = halfRoot(width);
      expect([8, 16, 32, 64]).toContain(width / heads);
      expect(Math.abs(depth - Math.sqrt(width) / 2)).toBeLessThanOrEqual(0.5);
    }
    expect([16, 64, 256, 1024].map((width) => halfRoot(width).depth)).toEqual([2, 4, 8, 16]);
    expect(halfRoot(8)).toEqual({ width: 8, depth: 1, heads: 1 });
  });

  test("shallow: one block up to width 128, heads 8 wide", () => {
    expect(shallow(16)).toEqual({ width: 16, depth: 1, heads: 2 });
    expect([8, 128, 136, 256, 264].map((width) => shallow(width).depth)).toEqual([1, 1, 2, 2, 3]);
  });

  test.each(Object.entries(ladderRules))("%s: sizes that can be counted, the wider the larger", (_, rule) => {
    const sizes = trainable(ladder(scenes, multiplesOf(32, 1024), rule));
    for (const [i, size] of sizes.slice(1).entries()) expect(size).toBeGreaterThan(sizes[i]!);
    for (const width of [0, 12, 8.5, -8, Number.NaN]) expect(() => rule(width)).toThrow(FlopsError);
  });

  test("a ladder grows as 12 · width² · depth", () => {
    const { config } = ladder(scenes, [2048], halfRoot)[0]!;
    expect(parameters(config).trainable / (12 * config.width ** 2 * config.depth)).toBeCloseTo(1, 2);
  });
});

describe("nearest", () => {
  const models = ladder(scenes, multiplesOf(8, 480), halfRoot);
  const sizes = trainable(models);

  test("gives the nearest of all sizes in ratio", () => {
    const distance = (n: number, wanted: number) => Math.abs(Math.log(n / wanted));
    fc.assert(
      fc.property(fc.double({ min: Math.log(1e3), max: Math.log(1e7), noNaN: true }), (logN) => {
        const wanted = Math.exp(logN);
        const found = parameters(nearest(models, wanted).config).trainable;
        expect(distance(found, wanted)).toBe(Math.min(...sizes.map((n) => distance(n, wanted))));
      }),
    );
  });

  test("finds every model by its own count, under any N", () => {
    for (const model of models.slice(0, 20))
      expect(nearest(models, parameters(model.config).nonEmbedding, "nonEmbedding")).toBe(model);
  });

  test("refuses what has no ratio", () => {
    for (const n of [0, -1, Number.NaN]) expect(() => nearest(paperLadder, n)).toThrow(/centre is .*above 0/);
    expect(() => nearest([], 1e6)).toThrow(/models is empty/);
  });
});
