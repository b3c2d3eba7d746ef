import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binned, logTicks, smoothed } from "../src/page/curve.js";

const losses = fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 1, maxLength: 500 });

describe("binned", () => {
  it("shows every loss at the middle of its step while they are few", () => {
    expect(binned([3, 2, 1], 10)).toEqual([
      [0.5, 3],
      [1.5, 2],
      [2.5, 1],
    ]);
    expect(binned([], 10)).toEqual([]);
  });

  it("averages stretches of equal length", () => {
    expect(binned([4, 2, 3, 1], 2)).toEqual([
      [1, 3],
      [3, 2],
    ]);
  });

  it("gives rising steps, no more points than bins, and stays between the extremes", () => {
    fc.assert(
      fc.property(losses, fc.integer({ min: 1, max: 200 }), (values, bins) => {
        const points = binned(values, bins);
        expect(points.length).toBeLessThanOrEqual(bins);
        points.forEach(([x, y], i) => {
          expect(x).toBeGreaterThan(points[i - 1]?.[0] ?? 0);
          expect(y).toBeGreaterThanOrEqual(Math.min(...values) * (1 - 1e-12));
          expect(y).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-12));
        });
      }),
    );
  });
});

describe("smoothed", () => {
  it("leaves a constant as it is, from the first point on", () => {
    for (const [, y] of smoothed(binned(new Array<number>(50).fill(0.7), 50), 0.9)) expect(y).toBeCloseTo(0.7, 12);
  });

  it("weighs the last point 1 - decay more than what decayed", () => {
    // (0.5 · 0.5 · 1 + 0.5 · 4) / (0.25 + 0.5)
    expect(
      smoothed(
        [
          [0, 1],
          [1, 4],
        ],
        0.5,
      )[1]![1],
    ).toBeCloseTo(3, 12);
  });
});

describe("logTicks", () => {
  it("gives 1, 2 and 5 times the powers of ten within the range, ends included", () => {
    expect(logTicks(0.02, 1)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect(logTicks(0.3, 0.4)).toEqual([]);
  });
});
