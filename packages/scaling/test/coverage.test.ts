import { describe, expect, it } from "vitest";
import { coverage } from "../bench/coverage.js";

describe("the prediction interval at a held-out budget", () => {
  it.each([
    ["no floor, four budgets", { form: "power", floor: 0, budgets: 4, noise: 0.004 }],
    ["a floor of 0.4, four budgets", { form: "chinchilla", floor: 0.4, budgets: 4, noise: 0.004 }],
    ["a floor of 0.85, low noise", { form: "chinchilla", floor: 0.85, budgets: 4, noise: 0.001 }],
    ["a floor of 0.7, six budgets, high noise", { form: "chinchilla", floor: 0.7, budgets: 6, noise: 0.015 }],
  ] as const)("holds a new run 95 times in a hundred: %s", (_, world) => {
    const result = coverage({ ...world, studies: 160, seed: 11 });
    expect(result.covered).toBeGreaterThan(0.9);
    expect(result.refused).toBeLessThan(16);
  });

  it("is not wide for the sake of it: with a low noise it is within a few percent of the loss", () => {
    const { halfWidth } = coverage({ form: "chinchilla", floor: 0.4, budgets: 4, noise: 0.001, studies: 60, seed: 2 });
    expect(halfWidth).toBeLessThan(0.015);
  });
});
