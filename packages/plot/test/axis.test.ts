import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearTicks, logTicks, padded, scaleOf } from "../src/chart/axis.js";
import { linearAxis, logAxis } from "../src/chart/quantity.js";
import { wrap } from "../src/figures/samples.js";
import { PlotInputError } from "../src/index.js";

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

/** Every kind of finite double: the exponents are even, so that subnormals and the largest are as likely as 1. */
const anyPositive = fc
  .tuple(fc.integer({ min: -1074, max: 1023 }), fc.double({ min: 1, max: 1.999, noNaN: true }))
  .map(([exponent, mantissa]) => mantissa * 2 ** Math.max(exponent, -1074))
  .filter((value) => value > 0 && Number.isFinite(value));
const anyNumber = fc.oneof(
  anyPositive,
  anyPositive.map((value) => -value),
  fc.constant(0),
);

describe("an axis of any finite range", () => {
  test.each([
    ["log", anyPositive],
    ["linear", anyNumber],
  ] as const)("%s: holds the values, has few ticks, and each in its place", (type, value) => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), fc.integer({ min: 3, max: 9 }), (values, most) => {
        const [low, high] = [Math.min(...values), Math.max(...values)];
        fc.pre(Number.isFinite(high - low));
        const { domain, ticks, format } = (type === "log" ? logAxis : linearAxis)({ label: "" }, values, most);
        expect(domain[0]).toBeLessThan(domain[1]);
        expect(domain.every(Number.isFinite)).toBe(true);
        expect(domain[0]).toBeLessThanOrEqual(low);
        expect(domain[1]).toBeGreaterThanOrEqual(high);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(new Set(ticks).size).toBe(ticks.length);
        const place = scaleOf({ label: "", type, domain, ticks, format }, 0, 1);
        for (const tick of [...ticks, ...values]) {
          expect(place(tick)).toBeGreaterThanOrEqual(-1e-3);
          expect(place(tick)).toBeLessThanOrEqual(1 + 1e-3);
          expect(format(tick).length).toBeLessThan(24);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("the least and the greatest numbers there are", () => {
    const { domain, ticks } = logAxis({ label: "" }, [Number.MIN_VALUE, Number.MAX_VALUE], 6);
    expect(domain).toEqual([Number.MIN_VALUE, Number.MAX_VALUE]);
    expect(ticks).toEqual([1e-192, 1, 1e192]);
    expect(logTicks(1e-300, 1e300, 9)).toEqual([1e-288, 1e-192, 1e-96, 1, 1e96, 1e192, 1e288]);
  });

  test.each([
    ["log", [1, Number.NaN]],
    ["log", [1, Number.POSITIVE_INFINITY]],
    ["log", [0, 1]],
    ["log", [-1, 1]],
    ["linear", [1, Number.NaN]],
    ["linear", [Number.NEGATIVE_INFINITY, 1]],
    ["linear", [-Number.MAX_VALUE, Number.MAX_VALUE]],
  ] as const)("%s axis of %j is refused", (type, values) => {
    expect(() => padded(values, type)).toThrow(PlotInputError);
  });
});

test("a caption is broken where there is no room for a letter", () => {
  expect(wrap("ab cd", 0, 3)).toEqual(["a", "b", "…"]);
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
  const axis = linearAxis({ label: "loss" }, [0.2041, 0.2063], 6);
  expect(new Set(axis.ticks.map(axis.format)).size).toBe(axis.ticks.length);
});
