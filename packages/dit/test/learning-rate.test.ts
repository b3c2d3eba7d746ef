import { describe, expect, test } from "vitest";
import { learningRateFor } from "../src/index.js";

describe("learningRateFor", () => {
  const rule = { base: 2e-3, baseWidth: 64, exponent: 1 };

  test("is a power of the width through the base", () => {
    expect(learningRateFor(64, rule)).toBe(2e-3);
    expect(learningRateFor(256, rule)).toBeCloseTo(5e-4, 12);
    expect(learningRateFor(256, { ...rule, exponent: 0.5 })).toBeCloseTo(1e-3, 12);
    expect(learningRateFor(256, { ...rule, exponent: 0 })).toBe(2e-3);
  });

  test("names what is wrong", () => {
    const odd = { ...rule, warmup: 0.1 };
    expect(() => learningRateFor(8, odd)).toThrow(/unknown key "warmup"; it takes base, baseWidth, exponent/);
    expect(() => learningRateFor(0, rule)).toThrow(/width is 0/);
    expect(() => learningRateFor(8, { ...rule, base: -1 })).toThrow(/base is -1/);
    expect(() => learningRateFor(8, { ...rule, exponent: Number.NaN })).toThrow(/exponent is NaN/);
  });
});
