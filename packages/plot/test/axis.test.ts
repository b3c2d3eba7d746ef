import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearTicks, logTicks, lossAxis, padded, scaleOf } from "../src/figures/axis.js";

const positive = fc.double({ min: 1e-6, max: 1e24, noNaN: true });

describe("ticks", () => {
  test("are round", () => {
    expect(linearTicks(0.18, 0.31, 6)).toEqual([0.2, 0.225, 0.25, 0.275, 0.3]);
    expect(logTicks(1e11, 1e13, 8)).toEqual([1e11, 2e11, 5e11, 1e12, 2e12, 5e12, 1e13]);
    expect(logTicks(1e11, 1e24, 6)).toEqual([1e12, 1e15, 1e18, 1e21, 1e24]);
    expect(logTicks(0.21, 0.28, 6)).toEqual([0.22, 0.24, 0.26, 0.28]);
  });

  test("lie inside the axis, in order, and not more than have room", () => {
    fc.assert(
      fc.property(
        positive,
        fc.double({ min: 1.01, max: 1e12, noNaN: true }),
        fc.integer({ min: 4, max: 9 }),
        (low, ratio, most) => {
          const high = low * ratio;
          for (const [ticks, slack] of [
            [linearTicks(low, high, most), (high - low) * 1e-8],
            [logTicks(low, high, most), 0],
          ] as const) {
            expect(ticks.length).toBeLessThanOrEqual(most + 1);
            expect(ticks.length).toBeGreaterThan(0);
            ticks.forEach((tick, i) => {
              expect(tick).toBeGreaterThanOrEqual(low * (1 - 1e-6) - slack);
              expect(tick).toBeLessThanOrEqual(high * (1 + 1e-6));
              if (i > 0) expect(tick).toBeGreaterThan(ticks[i - 1]!);
            });
          }
        },
      ),
    );
  });
});

test("a margin keeps the axis positive on a log scale, and open around one value", () => {
  const [low, high] = padded([5, 5], "log");
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(5);
  expect(high).toBeGreaterThan(5);
  expect(padded([0], "linear")).toEqual([-1, 1]);
});

test("the scale puts the geometric mean in the middle of a log axis", () => {
  const axis = { label: "", type: "log", domain: [10, 1000], ticks: [], format: String } as const;
  expect(scaleOf(axis, 0, 200)(100)).toBeCloseTo(100, 10);
});

test("tick labels of a loss axis tell neighbours apart", () => {
  const axis = lossAxis({ label: "loss", values: [0.2041, 0.2063], type: "linear" });
  expect(new Set(axis.ticks.map(axis.format)).size).toBe(axis.ticks.length);
});
