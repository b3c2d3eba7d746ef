import { describe, expect, it } from "vitest";
import { DiffusionError, logitNormal, stratifiedMean, timeBins, uniform } from "../src/index.js";

const even = uniform();
const normal = logitNormal();

describe("timeBins", () => {
  it("gives the mean loss between quantiles of the density", () => {
    const losses = Float32Array.from({ length: 64 }, (_, i) => i);
    const bins = timeBins(losses, even, 4);
    expect(bins.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.25],
      [0.25, 0.5],
      [0.5, 0.75],
      [0.75, 1],
    ]);
    expect(bins.map(({ mean }) => mean)).toEqual([7.5, 23.5, 39.5, 55.5]);
    // Eight pairs in each, a difference of 1 within each: √8 / 16.
    for (const { stdErr } of bins) expect(stdErr).toBeCloseTo(Math.sqrt(8) / 16, 12);
    const edges = timeBins(losses, normal, 2);
    expect(edges[0]!.to).toBeCloseTo(0.5, 12);
    expect(edges[1]!.from).toBe(edges[0]!.to);
    expect([edges[0]!.from, edges[1]!.to]).toEqual([0, 1]);
  });

  it("averages to the mean of all, and its errors add up to that of all", () => {
    const losses = Array.from({ length: 128 }, (_, i) => 1 + Math.sin(i * i));
    const all = stratifiedMean(losses);
    for (const count of [1, 2, 8, 64]) {
      const bins = timeBins(losses, normal, count);
      expect(bins.reduce((sum, { mean }) => sum + mean, 0) / count).toBeCloseTo(all.mean, 12);
      expect(Math.hypot(...bins.map(({ stdErr }) => stdErr)) / count).toBeCloseTo(all.stdErr, 12);
    }
  });

  it("takes the times themselves", () => {
    const bins = timeBins([1, 3, 5, 5], [0.1, 0.2, 0.4, 0.9], 2);
    expect(bins).toEqual([
      { from: 0.1, to: 0.2, mean: 2, stdErr: 1 },
      { from: 0.4, to: 0.9, mean: 5, stdErr: 0 },
    ]);
  });

  it.each<[call: () => unknown, message: string]>([
    [() => timeBins([1, 2, 3, 4], even, 4), "bins is 4 and there are 4 losses; it must divide them into even parts"],
    [() => timeBins([1, 2, 3, 4], even, 0), "bins is 0; it must be a whole number of at least 1"],
    [() => timeBins([], even, 1), "there are 0 losses"],
    [() => timeBins([1, 2], [0.5], 1), "got 2 losses and 1 times"],
    [() => timeBins([1, 2], [0.5, 0.5], 1), "time 1 is 0.5; times must be finite numbers that ascend"],
    [() => timeBins([1, 2], [Number.NaN, 0.5], 1), "time 0 is NaN"],
    [() => timeBins([1, Number.NaN], even, 1), "loss 1 of 2 is NaN"],
  ])("refuses %s", (call, message) => {
    expect(call).toThrow(DiffusionError);
    expect(call).toThrow(message);
  });
});
