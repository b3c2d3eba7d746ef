import { describe, expect, it } from "vitest";
import { type Averaging, averagingBlend, MAX_POWER_WIDTH, powerExponent, powerWidth } from "../src/ema.js";
import { TrainError } from "../src/errors.js";

/** The weight every step has in the average after all of them. */
const profile = (averaging: Averaging, steps: number): number[] => {
  const blend = averagingBlend(averaging);
  const weights: number[] = [];
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < step; i++) weights[i]! *= 1 - blend(step);
    weights.push(blend(step));
  }
  return weights;
};

const relativeWidth = (weights: readonly number[]): number => {
  const at = (i: number): number => (i + 1) / weights.length;
  const mean = weights.reduce((sum, w, i) => sum + w * at(i), 0);
  return Math.sqrt(weights.reduce((sum, w, i) => sum + w * (at(i) - mean) ** 2, 0));
};

describe("powerExponent", () => {
  it("gives the exponents that arXiv 2312.02696 names for its widths", () => {
    expect(powerExponent(0.05)).toBeCloseTo(16.97, 2);
    expect(powerExponent(0.1)).toBeCloseTo(6.94, 2);
  });
  it("inverts powerWidth", () => {
    for (const gamma of [0, 0.5, 3, 40]) expect(powerExponent(powerWidth(gamma))).toBeCloseTo(gamma, 6);
  });
});

const refused: [name: string, call: () => unknown, message: string][] = [
  [
    "a width beyond the widest",
    () => powerExponent(0.9),
    "width is 0.9; it must be a finite number above 0 and of at most 0.288",
  ],
  ["a width below 0", () => powerExponent(-1), "width is -1"],
  ["no width", () => powerExponent(0), "width is 0; it must be a finite number above 0"],
  ["a width that is NaN", () => powerExponent(Number.NaN), "width is NaN"],
  ["an exponent that is none", () => powerWidth(-1), "gamma is -1; it must be a finite number above -1"],
  ["an average too wide", () => averagingBlend({ kind: "power", width: 0.5 }), "averaging.width is 0.5"],
  [
    "a decay of 1",
    () => averagingBlend({ kind: "constant", decay: 1 }),
    "averaging.decay is 1; it must be a finite number of at least 0 and below 1",
  ],
  ["a decay that is NaN", () => averagingBlend({ kind: "constant", decay: Number.NaN }), "averaging.decay is NaN"],
  [
    "a kind of another name",
    () => averagingBlend({ kind: "ema", decay: 0.9 } as never),
    'one of "power", "constant", "none"',
  ],
  ["a field of another kind", () => averagingBlend({ kind: "constant", width: 0.1 } as never), 'unknown key "width"'],
  ["half a step", () => averagingBlend({ kind: "none" })(0.5), "step is 0.5; it must be a whole number of at least 0"],
  ["a step before the first", () => averagingBlend({ kind: "power", width: 0.1 })(-1), "step is -1"],
];
it.each(refused)("refuses %s", (_, call, message) => {
  expect(call).toThrow(TrainError);
  expect(call).toThrow(message);
});

describe("averagingBlend", () => {
  it.each([0.05, 0.1])("power: the profile has relative width %s at every length", (width) => {
    for (const steps of [200, 2000])
      expect(Math.abs(relativeWidth(profile({ kind: "power", width }, steps)) - width)).toBeLessThan(0.003);
  });
  it("power at its widest is the plain mean", () => {
    for (const w of profile({ kind: "power", width: MAX_POWER_WIDTH }, 8)) expect(w).toBeCloseTo(1 / 8, 9);
  });
  it("constant: (1 + t) / (10 + t) until the decay is reached", () => {
    const blend = averagingBlend({ kind: "constant", decay: 0.9 });
    expect(blend(0)).toBeCloseTo(0.9, 12);
    expect(blend(10)).toBeCloseTo(1 - 11 / 20, 12);
    expect(blend(1000)).toBeCloseTo(0.1, 12);
  });
  it("none: the average is the weights", () => {
    expect(averagingBlend({ kind: "none" })(7)).toBe(1);
  });
  it.each<Averaging>([
    { kind: "power", width: 0.05 },
    { kind: "constant", decay: 0.99 },
  ])("%o: the weights of all steps add up to what is not left of the start", (averaging) => {
    const total = profile(averaging, 100).reduce((sum, w) => sum + w, 0);
    expect(total).toBeLessThanOrEqual(1 + 1e-12);
    expect(total).toBeGreaterThan(0.99);
  });
});
