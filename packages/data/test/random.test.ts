import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldIn, keyOf } from "../src/random/key.js";
import { Permutation } from "../src/random/permutation.js";
import { Stream } from "../src/random/stream.js";
import { threefry2x32 } from "../src/random/threefry.js";

describe("threefry2x32", () => {
  // Known answers of the authors' Random123 distribution, file kat_vectors, threefry2x32 with 20 rounds.
  it.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])("key %i %i, counter %i %i", (key0, key1, counter0, counter1, first, second) => {
    const out = new Uint32Array(2);
    threefry2x32(key0, key1, counter0, counter1, out);
    expect([...out]).toEqual([first, second]);
  });
});

describe("keys", () => {
  it("differ by seed, also above 32 bits, by purpose and by folded value", () => {
    const keys = [keyOf(1, "a"), keyOf(2, "a"), keyOf(1 + 2 ** 32, "a"), keyOf(1, "b"), foldIn(keyOf(1, "a"), 0)];
    expect(new Set(keys.map(String)).size).toBe(keys.length);
  });
});

describe("stream", () => {
  it("gives the same draws whenever an index is sought, and others for other indices", () => {
    const stream = new Stream(keyOf(3, "test"));
    const draws = (index: number) => {
      stream.seek(index);
      return Array.from({ length: 5 }, () => stream.uniform());
    };
    const first = draws(7);
    expect(draws(7 + 2 ** 32)).not.toEqual(first);
    expect(draws(8)).not.toEqual(first);
    expect(draws(7)).toEqual(first);
  });

  it("is uniform over integers", () => {
    const stream = new Stream(keyOf(0, "test"));
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 2000; index++) {
      stream.seek(index);
      for (let draw = 0; draw < 5; draw++) counts[stream.below(10)]!++;
    }
    // Chi-squared with 9 degrees of freedom; 27.9 is its 99.9 % quantile.
    expect(counts.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9);
  });

  it("draws between both ends, included", () => {
    const stream = new Stream(keyOf(0, "test"));
    stream.seek(0);
    expect(new Set(Array.from({ length: 200 }, () => stream.between(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]));
  });
});

describe("permutation", () => {
  it("is a bijection of any count", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 1e9 }), (count, seed) => {
        const permutation = new Permutation(count);
        const key = keyOf(seed, "test");
        const seen = new Set<number>();
        for (let i = 0; i < count; i++) seen.add(permutation.at(key, i));
        expect(seen.size).toBe(count);
        expect(Math.max(...seen)).toBe(count - 1);
      }),
      { numRuns: 40 },
    );
  });

  it("has about one fixed point, as a random permutation has", () => {
    const permutation = new Permutation(1000);
    let fixed = 0;
    for (let seed = 0; seed < 100; seed++)
      for (let i = 0; i < 1000; i++) if (permutation.at(keyOf(seed, "test"), i) === i) fixed++;
    // Poisson with mean 100 over the hundred keys: within four standard deviations.
    expect(Math.abs(fixed - 100)).toBeLessThan(40);
  });
});
