import { conventions, flops, parameters, training } from "@isoflop/flops";
import { describe, expect, it } from "vitest";
import { isoFlopGrid, stepFlops } from "../src/grid.js";
import { runId } from "../src/spec.js";
import { base, sizes, tinyModel } from "./tiny.js";

const perStep = (width: number, batch = 4) => batch * flops(training(tinyModel(width)).total);

describe("isoFlopGrid", () => {
  it("gives every size at every budget the steps that the budget pays for", () => {
    const budgets = [5e7, 2e8];
    const runs = isoFlopGrid({ budgets, sizes, base, batch: 4 });
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
    }
    expect(new Set(runs.map(({ id }) => id)).size).toBe(4);
  });

  it("holds batch and learning rate to one rule for all sizes", () => {
    const runs = isoFlopGrid({
      budgets: [1e8, 4e8],
      sizes,
      base: { ...base, optimizer: { beta2: 0.95 } },
      batch: (budget) => (budget > 2e8 ? 8 : 4),
      learningRate: ({ width }) => 0.004 / Math.sqrt(width),
    });
    expect(runs.map(({ spec }) => spec.batch)).toEqual([4, 4, 8, 8]);
    for (const { spec } of runs) {
      expect(spec.optimizer.learningRate).toBe(0.004 / Math.sqrt(spec.model.width));
      expect(spec.optimizer.beta2).toBe(0.95);
    }
  });

  it("takes other sizes at other budgets, and other conventions", () => {
    const runs = isoFlopGrid({
      budgets: [1e8, 4e8],
      sizes: (budget) => (budget > 2e8 ? sizes : sizes.slice(0, 1)),
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
    const attempt = () => isoFlopGrid({ budgets: [perStep(16) - 1], sizes, base, batch: 4 });
    expect(attempt).toThrow(/is too small for one step of width 16, which takes .*; raise the budget/);
    expect(() => isoFlopGrid({ budgets: [perStep(16)], sizes, base, batch: 4 })).not.toThrow();
  });

  it.each([0, -1, Number.NaN, Infinity])("refuses a budget of %s", (budget) => {
    expect(() => isoFlopGrid({ budgets: [budget], sizes, base, batch: 4 })).toThrow("finite number of FLOPs above 0");
  });

  it("refuses an empty grid and a wrong base", () => {
    expect(() => isoFlopGrid({ budgets: [], sizes, base, batch: 4 })).toThrow("the grid is empty");
    const typo = { ...base, captionDropuot: 0.1 };
    expect(() => isoFlopGrid({ budgets: [1e8], sizes, base: typo, batch: 4 })).toThrow(
      'did you mean "captionDropout"?',
    );
  });
});
