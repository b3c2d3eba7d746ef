import { describe, expect, it } from "vitest";
import { optimaCoverage, truths } from "../bench/optima.js";

const studies = 40;

describe("the interval of N_opt holds the truth", () => {
  it.each([
    ["unequal exponents", { truth: truths.unequal, budgets: 6, sizes: 7, noise: 0.001 }],
    ["no floor", { truth: truths["no floor"], budgets: 4, sizes: 5, noise: 0.003 }],
    ["a floor, sizes off the optimum", { truth: truths.floor, budgets: 6, sizes: 7, noise: 0.003, offCentre: 0.7 }],
  ] as const)("without the parabola's bias, %s", (_, world) => {
    const { middle, far, exponent, refused } = optimaCoverage({ ...world, laws: "corrected", studies, seed: 3 });
    for (const { covered } of [middle, far, exponent]) expect(covered).toBeGreaterThan(0.84);
    expect(refused).toBeLessThan(3);
  });

  it("which with it holds none at low noise", () => {
    const world = { truth: truths.unequal, budgets: 6, sizes: 7, noise: 0.001, studies: 20, seed: 3 };
    expect(optimaCoverage({ ...world, laws: "fitted" }).middle.covered).toBe(0);
    expect(optimaCoverage({ ...world, laws: "auto" }).middle.covered).toBeGreaterThan(0.8);
  });

  it("by slices, which know no surface", () => {
    const world = { truth: truths.unequal, budgets: 6, sizes: 7, noise: 0.003, studies, seed: 3 };
    const { middle, far } = optimaCoverage({ ...world, optimum: "slice", laws: "fitted" });
    for (const { covered } of [middle, far]) expect(covered).toBeGreaterThan(0.84);
  });
});
