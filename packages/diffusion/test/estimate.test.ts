import { describe, expect, it } from "vitest";
import { DiffusionError, pairedDifference, stratifiedMean } from "../src/index.js";

/** Uniform numbers by a linear congruential generator. */
const uniforms = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
};

describe("stratifiedMean", () => {
  it("computes the closed form", () => {
    const { mean, stdErr } = stratifiedMean([1, 3, 5, 6]);
    expect(mean).toBe(3.75);
    expect(stdErr).toBeCloseTo(Math.sqrt(2 ** 2 + 1 ** 2) / 4, 12);
  });

  it("states the spread that repeated measurements have", () => {
    // Loss 3t² plus noise of standard deviation 0.2: the trend in t must not count.
    const n = 64;
    const random = uniforms(7);
    const measure = () =>
      stratifiedMean(
        Array.from({ length: n }, (_, i) => 3 * ((i + 0.5) / n) ** 2 + 0.2 * Math.sqrt(12) * (random() - 0.5)),
      );
    const runs = Array.from({ length: 2000 }, measure);
    const centre = runs.reduce((sum, { mean }) => sum + mean, 0) / runs.length;
    const spread = Math.sqrt(runs.reduce((sum, { mean }) => sum + (mean - centre) ** 2, 0) / runs.length);
    const stated = Math.sqrt(runs.reduce((sum, { stdErr }) => sum + stdErr ** 2, 0) / runs.length);
    expect(spread / (0.2 / Math.sqrt(n))).toBeCloseTo(1, 1);
    expect(stated / spread).toBeGreaterThan(0.95);
    expect(stated / spread).toBeLessThan(1.1);
  });

  it.each([[[]], [[1]], [[1, 2, 3]]])("refuses %j, which has no pairs", (losses) => {
    expect(() => stratifiedMean(losses)).toThrow(DiffusionError);
  });
});

describe.each([Number.NaN, Number.POSITIVE_INFINITY])("a loss that is %s", (bad) => {
  it("is named by its place, not averaged", () => {
    expect(() => stratifiedMean([1, bad])).toThrow(`loss 1 of 2 is ${bad}`);
    expect(() => pairedDifference([bad, 1], [0, 0])).toThrow(`loss 0 of 2 is ${bad}`);
  });
});

describe("pairedDifference", () => {
  it("cancels what both models find hard", () => {
    const hard = [5, 1, 4, 2];
    const difference = pairedDifference(
      hard.map((x) => x + 0.5),
      hard,
    );
    expect(difference.mean).toBeCloseTo(0.5, 12);
    expect(difference.stdErr).toBeCloseTo(0, 12);
  });
  it("refuses losses of different samples", () => {
    expect(() => pairedDifference([1, 2], [1, 2, 3, 4])).toThrow("got 2 and 4 losses");
  });
});
