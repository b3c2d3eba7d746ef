import { shapeScenes } from "@isoflop/data";
import { placeOf, type SweepRun } from "@isoflop/sweep";
import { describe, expect, it } from "vitest";
import type { DoneRun } from "../../src/runs/point.js";
import { planStudy, type StudyFileInput, type StudyPlan } from "../../src/study/index.js";
import { tunedWords, tuneRate } from "../../src/study/tune.js";
import { tiny } from "./tiny.js";

const planned = (more: Partial<StudyFileInput> = {}) =>
  planStudy(tiny({ optimizer: { learningRate: "tune" }, ...more }), async (data) =>
    shapeScenes({ size: 16, ...(data as object) }),
  );

/** Trains in no time: the loss is a parabola about a rule, and above a rate a run diverges. */
const trainer = (best: (width: number, tokens: number) => number, diverges = Number.POSITIVE_INFINITY) => {
  const trained: string[] = [];
  const train = async (runs: readonly SweepRun[]): Promise<DoneRun[]> =>
    runs.flatMap(({ id, spec }): DoneRun[] => {
      trained.push(id);
      const place = placeOf(spec);
      const { learningRate } = spec.optimizer;
      if (learningRate > diverges) return [];
      const off = Math.log(learningRate / best(spec.model.width, place.tokens));
      const result = { loss: 0.3 + 0.02 * off ** 2 + 1 / spec.model.width, lossStdErr: 0.001, seconds: 1 };
      const data = { name: "none", package: null, pixelsSha256: null, content: "none" };
      return [
        { id, spec, state: "done", result: { ...place, ...result, convention: "exactFused", device: "none", data } },
      ];
    });
  return { train, trained };
};

const found = async ({ tuning }: StudyPlan, train: ReturnType<typeof trainer>["train"]) => {
  const tuned = await tuneRate(tuning!, train);
  if (typeof tuned === "string") throw new Error(tuned);
  return tuned;
};

describe("tuning", () => {
  const law = (width: number, tokens: number) => 0.008 * (width / 16) ** -0.7 * (tokens / 1e5) ** -0.15;

  it("finds the law of the best rate by width and tokens, in short runs below the grid", async () => {
    const plan = await planned({ grid: { budgets: [1.6e10, 4e10], widths: [8, 16, 24] }, heldOut: null });
    const { rule, runs, flops } = await found(plan, trainer(law).train);
    expect(rule.width![1]).toBeCloseTo(-0.7, 6);
    expect(rule.tokens![1]).toBeCloseTo(-0.15, 6);
    expect(rule.at).toBeCloseTo(law(rule.width![0], rule.tokens![0]), 6);
    expect(runs).toHaveLength(20);
    expect(flops).toBeLessThan(0.7 * 20 * 1.6e10);
    for (const { spec } of runs) {
      expect(spec.steps).toBeGreaterThanOrEqual(60);
      expect(spec.budget).toBeLessThanOrEqual(1.6e10);
    }
  });

  it("gives the grid its rates, and nothing else another value", async () => {
    const plan = await planned();
    const { rule } = await found(plan, trainer(law).train);
    const rated = plan.rated(rule);
    expect([rated.tuning, rated.hash]).toEqual([undefined, plan.hash]);
    for (const [i, { spec, tokens }] of rated.grid.entries()) {
      expect(spec.optimizer.learningRate).toBeCloseTo(law(spec.model.width, tokens), 6);
      expect(spec.steps).toBe(plan.grid[i]!.spec.steps);
    }
  });

  it("goes further where the best is at an edge, and not again where it is inside", async () => {
    const high = trainer((width) => 0.3 * (width / 16) ** -0.5);
    const { rule } = await found(await planned(), high.train);
    expect(rule.width![1]).toBeCloseTo(-0.5, 6);
    expect(new Set(high.trained).size).toBeGreaterThan(20);
    const inside = trainer(law);
    await found(await planned(), inside.train);
    expect(inside.trained).toHaveLength(20);
  });

  it("takes a run that diverges for a rate that is too high", async () => {
    const low = trainer(() => 0.002, 0.003);
    const { rule } = await found(await planned({ tune: { follows: ["width"] } }), low.train);
    expect(rule.at).toBeCloseTo(0.002, 4);
    expect(rule.tokens).toBeUndefined();
  });

  it("says why there is no rule", async () => {
    const { tuning } = await planned();
    expect(await tuneRate(tuning!, async () => [])).toMatch(
      /from 0 runs: every run diverged; give optimizer\.learningRate/,
    );
    const hill = await tuneRate(tuning!, async (runs) => {
      const done = await trainer(law).train(runs);
      return done.map((run) => ({ ...run, result: { ...run.result, loss: 1 - run.result.loss } }));
    });
    expect(hill).toMatch(/could not be tuned from \d+ runs: the loss has no minimum/);
  });

  it("tries what the file says", async () => {
    const tune = { budgets: [5e8, 2e9], widths: [8, 24], rates: [0.04, 0.01, 0.02] } as const;
    const { cells } = (await planned({ tune })).tuning!;
    expect(cells.map(({ budget, width }) => [budget, width])).toEqual([
      [5e8, 8],
      [5e8, 24],
      [2e9, 8],
      [2e9, 24],
    ]);
    for (const { rates } of cells) expect(rates).toEqual([0.01, 0.02, 0.04]);
  });

  it("tells the rule with its errors and its cost", async () => {
    const words = tunedWords(await found(await planned(), trainer(law).train));
    expect(words).toMatch(/^learning rate, tuned by 20 runs of [\d.e]+ FLOPs in all: 0\.0\d+ · \(width \/ \d+.*±/);
  });
});
