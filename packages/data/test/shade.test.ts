import { expect, it } from "vitest";
import { cutNormal, peakOf } from "../src/scenes/shade.js";

const cut = (slope: number, curvature: number) => {
  const out = { logMass: 0, mean: 0 };
  cutNormal(slope, curvature, out);
  return out;
};

// Logarithm of the mean of exp(β u − γ u² / 2) over [-1, 1], and the mean of u under it, by mpmath in 40 digits.
it.each([
  [0.5, 0.01, 0.039605058215882345, 0.16374148063295393],
  [-2, 30, -1.408140833410576, -0.06666651547071914],
  [50, 1e-3, 45.39434941419631, 0.9799996159929278],
  [400, 250, 269.2853993600258, 0.9934738640478753],
  [1e4, 1e4, 4994.927473986097, 0.9920211543919714],
  [-1e5, 3e4, 84988.15059617606, -0.999985714460636],
  [7e4, 1e5, 24494.46932862016, 0.7],
  [2000, 10, 1986.7109603765487, 0.9994974899750321],
])("a normal density cut, β = %s and γ = %s, in 13 digits", (slope, curvature, logMass, mean) => {
  const found = cut(slope, curvature);
  expect(found.logMass - logMass).toBeCloseTo(0, 11);
  expect(found.mean - mean).toBeCloseTo(0, 13);
  expect(peakOf(slope, curvature)).toBeGreaterThan(logMass);
});

it("without curvature is exp(β u): mean coth β − 1 / β, mass sinh β / β", () => {
  for (const slope of [1e-6, 0.3, 3, 20]) {
    const { logMass, mean } = cut(slope, 0);
    expect(logMass).toBeCloseTo(Math.log(Math.sinh(slope) / slope), 13);
    expect(mean).toBeCloseTo(slope < 1e-3 ? slope / 3 : 1 / Math.tanh(slope) - 1 / slope, 13);
    expect(cut(-slope, 0).mean).toBeCloseTo(-mean, 14);
  }
  expect(cut(0, 0)).toEqual({ logMass: expect.closeTo(0, 14), mean: expect.closeTo(0, 14) });
});
