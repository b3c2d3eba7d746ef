import { describe, expect, it } from "vitest";
import {
  basins,
  bootstrapSurface,
  expectOk,
  type NextRun,
  normals,
  optimalAllocation,
  planNext,
  type Run,
  random,
  type Surface,
  surface,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";

const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });
const noise = 0.004;

type Asked = Pick<NextRun, "C" | "N" | "D" | "count">;

const measure = (runs: readonly Asked[], normal: () => number): Run[] =>
  runs.flatMap(({ C, N, D, count }) =>
    Array.from({ length: count }, () => ({ C, N, D, loss: surfaceLoss(truth, { N, D }) * Math.exp(noise * normal()) })),
  );

const pilot: Asked[] = [1e18, 3e18, 1e19, 3e19].flatMap((C) => {
  const best = expectOk(optimalAllocation(truth, C));
  return [-1.4, -0.7, 0, 0.7, 1.4].map((x) => ({ C, N: best.N * Math.exp(x), D: best.D * Math.exp(-x), count: 1 }));
});

const target = { C: 1e22, quantity: "loss" } as const;
const allowance = 3e20;

describe("the next runs", () => {
  const fit = expectOk(surface(measure(pilot, normals(random(2))), { objective: "log-squares" }));
  const plan = expectOk(planNext(fit, { target, allowance }));

  it("cost no more than the allowance and promise a shorter interval than an even grid", () => {
    expect(plan.cost).toBeLessThanOrEqual(allowance);
    const evenCost = plan.evenGrid.reduce((s, run) => s + run.C * run.count, 0);
    expect(evenCost / allowance).toBeGreaterThan(0.99);
    expect(evenCost / allowance).toBeLessThanOrEqual(1 + 1e-9);
    expect(plan.standardError.planned).toBeLessThan(plan.standardError.evenGrid);
    expect(plan.standardError.evenGrid).toBeLessThan(plan.standardError.now);
  });

  it("keep the promise: over simulated studies the planned extrapolation scatters less than the even grid's", () => {
    const normal = normals(random(9));
    const exact = Math.log(expectOk(optimalAllocation(truth, target.C)).loss);
    const scatter = (runs: readonly Asked[]) => {
      let sum = 0;
      const worlds = 150;
      for (let i = 0; i < worlds; i++) {
        const refit = expectOk(surface(measure([...pilot, ...runs], normal), { objective: "log-squares" }));
        sum += (Math.log(expectOk(optimalAllocation(refit, target.C)).loss) - exact) ** 2;
      }
      return Math.sqrt(sum / worlds);
    };
    const planned = scatter(plan.runs);
    const even = scatter(plan.evenGrid);
    expect(planned).toBeLessThan(even);
    expect(planned / plan.standardError.planned).toBeGreaterThan(0.5);
    expect(planned / plan.standardError.planned).toBeLessThan(2);
  });

  it("can be planned from the bootstrap, for the optimal size as well", () => {
    const runs = measure(pilot, normals(random(2)));
    const { covariance } = expectOk(bootstrapSurface(fit, runs, { resamples: 200, strata: "budget" }));
    const forSize = expectOk(
      planNext(fit, { target: { C: 1e22, quantity: "N" }, allowance, covariance: covariance!, noise }),
    );
    expect(forSize.standardError.planned).toBeLessThan(forSize.standardError.now);
  });

  it("and the even grid beside it stay within allowance, run compute and number of runs", () => {
    for (const [low, high] of [
      [1 / 200, 1],
      [0.2, 1],
      [1, 1],
      [0.01, 0.02],
      [0.5, 1],
    ] as const) {
      const runCompute = [low * allowance, high * allowance] as const;
      for (const maximumRuns of [2, 24, 100]) {
        const limited = expectOk(planNext(fit, { target, allowance, runCompute, maximumRuns }));
        for (const runs of [limited.runs, limited.evenGrid]) {
          const spent = runs.reduce((s, run) => s + run.C * run.count, 0);
          expect(spent).toBeLessThanOrEqual(allowance * (1 + 1e-6));
          expect(runs.reduce((s, run) => s + run.count, 0)).toBeLessThanOrEqual(maximumRuns);
          for (const { C } of runs) {
            expect(C / runCompute[0]).toBeGreaterThan(1 - 1e-9);
            expect(C / runCompute[1]).toBeLessThan(1 + 1e-9);
          }
        }
        expect(limited.standardError.planned).toBeLessThanOrEqual(limited.standardError.evenGrid * 1.0001);
      }
    }
  });

  it("names what is wrong with its options", () => {
    for (const maximumRuns of [0, -1, 1.5, Number.NaN])
      expect(() => planNext(fit, { target, allowance, maximumRuns })).toThrow(`maximumRuns is ${maximumRuns}`);
    const quantity = "foo" as "loss";
    expect(() => planNext(fit, { target: { C: 1e22, quantity }, allowance })).toThrow(/target.quantity is "foo"/);
    expect(() => planNext(fit, { target, allowance: -1 })).toThrow(/allowance is -1/);
    expect(() => planNext(fit, { target, allowance, runCompute: [1e21, 1e22] })).toThrow(/runCompute/);
    expect(() => planNext(fit, { target, allowance, sizeFactor: 1 })).toThrow(/sizeFactor/);
    const { covariance: _, ...uncertain } = fit;
    expect(planNext(uncertain, { target, allowance })).toMatchObject({
      ok: false,
      reason: "unidentified",
    });
  });
});

describe("a study planned from a third of its runs", () => {
  /** Ten runs at two budgets, on which each of 200 studies plans twenty more. */
  const first = pilot.filter(({ C }) => C === 1e18 || C === 3e18);
  const normal = normals(random(12));
  const lossAt = (of: Surface) => Math.log(expectOk(optimalAllocation(of, target.C)).loss);
  const rms = (values: readonly number[]) => Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);

  it("errs about as much as it promised, and less than an even grid of the same cost", () => {
    const studies = Array.from({ length: 200 }, () => {
      const before = measure(first, normal);
      const found = expectOk(basins(before, { forms: ["chinchilla"] })).basins;
      const planned = expectOk(planNext(found, { target, allowance, maximumRuns: 20 }));
      const errorOf = (runs: readonly Asked[]) =>
        lossAt(expectOk(surface([...before, ...measure(runs, normal)], { objective: "log-squares" }))) - lossAt(truth);
      return {
        promised: planned.standardError.planned,
        error: errorOf(planned.runs),
        even: errorOf(planned.evenGrid),
        inside: Math.log(planned.interval.planned[1] / planned.interval.planned[0]) / 2,
      };
    });
    const error = rms(studies.map((one) => one.error));
    const promised = rms(studies.map((one) => one.promised));
    expect(error / promised).toBeGreaterThan(0.75);
    expect(error / promised).toBeLessThan(1.5);
    expect(error).toBeLessThan(0.8 * rms(studies.map(({ even }) => even)));
    // Half of the promised interval is what most errors stay below.
    const covered = studies.filter((one) => Math.abs(one.error) < one.inside).length / studies.length;
    expect(covered).toBeGreaterThan(0.8);
  });
});
