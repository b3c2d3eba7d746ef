import { shapeScenes } from "@isoflop/data";
import { parameters } from "@isoflop/flops";
import { describe, expect, it } from "vitest";
import { planStudy, presets } from "../../src/study/index.js";

describe.each(Object.values(presets))("preset $name", (preset) => {
  const source = shapeScenes({ size: preset.image });
  const plan = planStudy(preset, { source: "shapes", size: preset.image, seed: 3 }, source, 3);

  it("has at least four budgets of five sizes and a held-out budget at least three times the largest", () => {
    expect(preset.budgets.length).toBeGreaterThanOrEqual(4);
    for (const budget of preset.budgets) {
      const sizes = new Set(
        plan.grid.filter(({ spec }) => spec.budget === budget).map((run) => run.paramsNonEmbedding),
      );
      expect(sizes.size).toBeGreaterThanOrEqual(5);
    }
    expect(preset.heldOut).toBeGreaterThanOrEqual(3 * Math.max(...preset.budgets));
  });

  it("spends each budget to within one step, and holds everything but size and learning rate equal", () => {
    for (const { flops, roundingError, spec } of plan.grid) {
      expect(Math.abs(roundingError)).toBeLessThanOrEqual(0.5 / spec.steps + 1e-12);
      expect(flops / spec.budget - 1).toBeCloseTo(roundingError, 12);
      expect(spec.steps).toBeGreaterThan(100);
      const { width } = spec.model;
      const { base, baseWidth, exponent } = preset.learningRate;
      expect(spec.optimizer.learningRate).toBeCloseTo(base * (baseWidth / width) ** exponent, 12);
    }
    const common = plan.grid.map(({ spec: { model, steps, budget, optimizer, ...rest } }) =>
      JSON.stringify([rest, { ...optimizer, learningRate: 0 }, { ...model, width: 0, depth: 0, heads: 0 }]),
    );
    expect(new Set(common).size).toBe(1);
  });

  it("finds the held-out model for a size, in ratio", () => {
    for (const { name, config } of plan.candidates) {
      const n = parameters(config).nonEmbedding;
      for (const near of [n, n * 1.001]) {
        const run = plan.heldOut(near);
        expect(run).toMatchObject({ name, budget: preset.heldOut, paramsNonEmbedding: n });
      }
    }
  });
});
