import { describe, expect, it } from "vitest";
import {
  expectOk,
  measuredCost,
  normals,
  optimalAllocation,
  planNext,
  type Run,
  random,
  readPlan,
  secondsOf,
  surface,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";

const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });

/** Runs that take 40 s and C over 3e12 · N^0.25 FLOPs per second. */
const timed = (noise: number, exponent = 0.25): Run[] => {
  const normal = normals(random(5));
  return [1e18, 3e18, 1e19, 3e19].flatMap((C) => {
    const best = expectOk(optimalAllocation(truth, C));
    return [-1.4, -0.7, 0, 0.7, 1.4].map((x) => {
      const [N, D] = [best.N * Math.exp(x), best.D * Math.exp(-x)];
      const seconds = (40 + C / (3e12 * N ** exponent)) * Math.exp(noise * normal());
      return { C, N, D, loss: surfaceLoss(truth, { N, D }) * Math.exp(0.004 * normal()), metrics: { seconds } };
    });
  });
};

describe("measured seconds", () => {
  it.each([0.25, 0, -0.3])("are given back exactly where they obey the rule, with a rate of N^%d", (exponent) => {
    const cost = expectOk(measuredCost(timed(0, exponent)));
    expect(cost.exponent).toBeCloseTo(exponent, 6);
    expect(cost.base).toBeCloseTo(40, 2);
    expect(cost.logRate).toBeCloseTo(Math.log(3e12), 4);
    expect(cost.rSquared).toBeCloseTo(1, 9);
    expect(cost.runs).toBe(20);
    for (const run of timed(0, exponent)) expect(secondsOf(cost, run) / run.metrics!.seconds!).toBeCloseTo(1, 6);
  });

  it("scatter about the rule by their noise, and r² says so", () => {
    const cost = expectOk(measuredCost(timed(0.1)));
    expect(cost.exponent).toBeGreaterThan(0.1);
    expect(cost.exponent).toBeLessThan(0.4);
    const ratio = secondsOf(cost, { C: 1e20, N: 1e9, D: 1e20 / 6e9 }) / (40 + 1e20 / (3e12 * 1e9 ** 0.25));
    expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
    const logs = timed(0.1).map(({ metrics }) => Math.log(metrics!.seconds!));
    const mean = logs.reduce((s, v) => s + v, 0) / logs.length;
    const total = logs.reduce((s, v) => s + (v - mean) ** 2, 0);
    const left = timed(0.1).reduce((s, run, i) => s + (logs[i]! - Math.log(secondsOf(cost, run))) ** 2, 0);
    expect(cost.rSquared).toBeCloseTo(1 - left / total, 12);
    expect(cost.rSquared).toBeGreaterThan(0.95);
    expect(cost.rSquared).toBeLessThan(1);
  });

  it("may have another name, and are of those runs that carry them", () => {
    const runs = timed(0).map((run, i): Run => ({ ...run, metrics: i < 8 ? { hours: run.metrics!.seconds! } : {} }));
    expect(expectOk(measuredCost(runs, "hours")).runs).toBe(8);
    expect(measuredCost(runs)).toMatchObject({
      ok: false,
      reason: "too-few-points",
      message: expect.stringContaining('"seconds"'),
    });
    const one = timed(0).slice(0, 5);
    expect(measuredCost(one)).toMatchObject({ ok: false, message: expect.stringMatching(/^5 runs of 1 computes/) });
    const same = timed(0).map((run): Run => ({ ...run, metrics: { seconds: 7 } }));
    expect(measuredCost(same)).toMatchObject({ ok: false, reason: "unidentified" });
  });
});

describe("a plan", () => {
  const runs = timed(0.03);
  const fit = expectOk(surface(runs, { objective: "log-squares" }));
  const times = expectOk(measuredCost(runs));
  const target = { C: 1e22, quantity: "loss" } as const;

  it("charged in seconds stays within them, and prefers what is cheap in them", () => {
    const allowance = 3600 * 24 * 20;
    const plan = expectOk(planNext(fit, { target, allowance, cost: "seconds", times }));
    expect(plan.pricing).toEqual({ unit: "seconds", times: expect.objectContaining({ base: times.base }) });
    for (const [some, cost] of [
      [plan.runs, plan.cost],
      [plan.evenGrid, plan.evenGridCost],
    ] as const) {
      expect(cost).toBeLessThanOrEqual(allowance * (1 + 1e-9));
      let sum = 0;
      for (const run of some) {
        expect(run.cost).toBeCloseTo(secondsOf(times, run), 9);
        expect(run.seconds).toBe(secondsOf(times, run));
        sum += run.cost * run.count;
      }
      expect(cost / sum).toBeCloseTo(1, 9);
      expect(cost / allowance).toBeGreaterThan(0.9);
    }
    expect(plan.standardError.planned).toBeLessThan(plan.standardError.evenGrid);
    expect(readPlan(writeRecord(plan))).toEqual(plan);
  });

  it("charged in FLOPs says how long its runs should take", () => {
    const plan = expectOk(planNext(fit, { target, allowance: 3e20, times }));
    expect(plan.pricing.unit).toBe("FLOPs");
    for (const run of plan.runs) expect([run.cost, run.seconds]).toEqual([run.C, secondsOf(times, run)]);
    for (const run of expectOk(planNext(fit, { target, allowance: 3e20 })).runs) expect(run.seconds).toBeUndefined();
  });

  it("may be charged by any function; the same units of it are the same plan", () => {
    const flops = expectOk(planNext(fit, { target, allowance: 3e20 }));
    const own = expectOk(planNext(fit, { target, allowance: 3, cost: ({ C }) => C / 1e20 }));
    expect(own.pricing.unit).toBe("own");
    expect(own.cost).toBeCloseTo(flops.cost / 1e20, 9);
    expect(own.standardError.planned / flops.standardError.planned).toBeCloseTo(1, 6);
    // Where tokens cost next to nothing, small models see many.
    const bySize = expectOk(planNext(fit, { target, allowance: 1e10, cost: ({ N }) => N, runCompute: [1e18, 1e20] }));
    expect(bySize.cost).toBeLessThanOrEqual(1e10);
  });

  it("names what is wrong with its cost", () => {
    expect(() => planNext(fit, { target, allowance: 100, cost: "seconds" })).toThrow(
      /cost is "seconds"; expected times/,
    );
    expect(() => planNext(fit, { target, allowance: 100, cost: () => -1 })).toThrow(/cost is -1/);
    expect(() => planNext(fit, { target, allowance: -1, cost: "seconds", times })).toThrow(/number of seconds/);
    expect(planNext(fit, { target, allowance: times.base / 2, cost: "seconds", times })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/: without "an allowance of [\d.]+" there would be \d+$/),
    });
  });
});
