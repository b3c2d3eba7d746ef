import { conventions, parameters, stepFlops } from "@isoflop/flops";
import { describe, expect, it } from "vitest";
import { stepsFor, sweepGrid } from "../src/grid.js";
import { placeOf } from "../src/place.js";
import { runSeed, seededData } from "../src/seeds.js";
import { runId } from "../src/spec.js";
import { base, sizes, tinyModel } from "./tiny.js";

const perStep = (width: number, batch = 4) => stepFlops(tinyModel(width), batch, conventions.exactFused);

describe("sweepGrid", () => {
  it("gives every size at every budget the steps that the budget pays for", () => {
    const budgets = [5e7, 2e8];
    const runs = sweepGrid({ budgets, models: sizes, base, batch: 4 });
    expect(runs.map(({ name, spec }) => [spec.budget, name])).toEqual(
      budgets.flatMap((budget) => sizes.map(({ name }) => [budget, name])),
    );
    for (const { spec, flops: spent, roundingError, params, tokens, samples, id } of runs) {
      const step = perStep(spec.model.width);
      expect(spec.steps).toBe(Math.round(spec.budget / step));
      expect(spent).toBe(spec.steps * step);
      expect(roundingError).toBeCloseTo(spent / spec.budget - 1, 12);
      expect(Math.abs(roundingError)).toBeLessThanOrEqual(step / 2 / spec.budget);
      expect(params).toBe(parameters(spec.model).trainable);
      expect([samples, tokens]).toEqual([spec.steps * 4, spec.steps * 4 * 4]);
      expect(id).toBe(runId(spec));
      expect(placeOf(spec)).toMatchObject({ params, samples, tokens, flops: spent });
    }
    expect(new Set(runs.map(({ id }) => id)).size).toBe(4);
  });

  it("holds batch and learning rate to one rule for all sizes", () => {
    const runs = sweepGrid({
      budgets: [1e8, 4e8],
      models: sizes,
      base: { ...base, optimizer: { beta2: 0.95 } },
      batch: (budget) => (budget > 2e8 ? 8 : 4),
      learningRate: ({ width }) => 0.004 / Math.sqrt(width),
    });
    expect(runs.map(({ spec }) => spec.batch)).toEqual([4, 4, 8, 8]);
    for (const { spec } of runs) {
      expect(spec.optimizer.learningRate).toBe(0.004 / Math.sqrt(spec.model.width));
      expect(spec.optimizer).toHaveProperty("beta2", 0.95);
    }
  });

  it("gives every run a seed of its own, and its data the order of that seed", () => {
    const grid = (seed: number, replicates = 1) =>
      sweepGrid({
        ...{ budgets: [1e8, 4e8], models: sizes, batch: 4, seed, replicates },
        base: (own) => ({ ...base, data: seededData({ source: "shapes", size: 16, seed: 0 }, own) }),
      });
    const seeds = (runs: ReturnType<typeof grid>) => runs.map(({ spec }) => spec.seed);
    const runs = grid(0, 3);
    expect(runs).toHaveLength(12);
    expect(new Set(seeds(runs)).size).toBe(12);
    for (const { spec } of runs) expect(spec.data).toEqual({ source: "shapes", size: 16, seed: spec.seed });
    // More replicates, other budgets or another rate leave the runs that there are what they are.
    expect(seeds(grid(0))).toEqual(seeds(runs).filter((_, i) => i % 3 === 0));
    const fewer = sweepGrid({ budgets: [4e8], models: sizes, batch: 4, base, learningRate: 0.5 });
    expect(seeds(fewer)).toEqual(seeds(grid(0)).slice(2));
    expect(seeds(grid(1)).filter((seed) => seeds(runs).includes(seed))).toEqual([]);
    expect(runSeed({ seed: 0, budget: 1e8, model: { width: 16, depth: 1, heads: 1 }, replicate: 0 })).toBe(3549499450);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses %s replicates", (replicates) => {
    const attempt = () => sweepGrid({ budgets: [1e8], models: sizes, base, batch: 4, replicates });
    expect(attempt).toThrow(`replicates is ${replicates}; it must be a whole number of at least 1`);
  });

  it("takes other sizes at other budgets, and other conventions", () => {
    const runs = sweepGrid({
      budgets: [1e8, 4e8],
      models: (budget) => (budget > 2e8 ? sizes : sizes.slice(0, 1)),
      base,
      batch: 4,
      convention: conventions.threeTimes,
    });
    expect(runs).toHaveLength(3);
    const [first] = runs;
    expect(first!.flops).toBe(first!.spec.steps * stepFlops(first!.spec.model, 4, conventions.threeTimes));
    expect(first!.flops).not.toBe(first!.spec.steps * perStep(8));
  });

  it("refuses a budget too small for one step, and says what a step takes", () => {
    const attempt = () => sweepGrid({ budgets: [perStep(16) - 1], models: sizes, base, batch: 4 });
    expect(attempt).toThrow(/is too small for one step of width 16, which takes .*; raise the budget/);
    expect(() => sweepGrid({ budgets: [perStep(16)], models: sizes, base, batch: 4 })).not.toThrow();
    expect(() => stepsFor(perStep(16) - 1, tinyModel(16), 4)).toThrow(/is too small for one step of width 16/);
    expect(stepsFor(2.6 * perStep(16), tinyModel(16), 4)).toBe(3);
  });

  it.each([0, -1, Number.NaN, Infinity])("refuses a budget of %s", (budget) => {
    expect(() => sweepGrid({ budgets: [budget], models: sizes, base, batch: 4 })).toThrow(
      "must be a finite number above 0",
    );
  });

  it("refuses an empty grid and a wrong base", () => {
    expect(() => sweepGrid({ budgets: [], models: sizes, base, batch: 4 })).toThrow("budgets is empty");
    expect(() => sweepGrid({ budgets: [1e8], models: [], base, batch: 4 })).toThrow("the grid is empty");
    const typo = { ...base, captionDropuot: 0.1 };
    expect(() => sweepGrid({ budgets: [1e8], models: sizes, base: typo, batch: 4 })).toThrow(
      'did you mean "captionDropout"?',
    );
  });
});
