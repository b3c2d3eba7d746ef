import { describe, expect, it } from "vitest";
import {
  expectOk,
  type NextRun,
  normals,
  optimalAllocation,
  type PlanLimits,
  type PlanOptions,
  planNext,
  type Run,
  random,
  surface,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";

const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });
const normal = normals(random(2));
const pilot: Run[] = [1e18, 3e18, 1e19, 3e19].flatMap((C) => {
  const best = expectOk(optimalAllocation(truth, C));
  return [-1.4, -0.7, 0, 0.7, 1.4].map((x) => {
    const [N, D] = [best.N * Math.exp(x), best.D * Math.exp(-x)];
    return { C, N, D, loss: surfaceLoss(truth, { N, D }) * Math.exp(0.004 * normal()) };
  });
});
const fit = expectOk(surface(pilot, { objective: "log-squares" }));
const target = { C: 1e22, quantity: "loss" } as const;
const options: PlanOptions = { target, allowance: 3e20, maximumRuns: 18 };
const free = expectOk(planNext(fit, options));
const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-9;

describe("limits", () => {
  const cases: readonly [string, PlanLimits, (run: NextRun) => boolean][] = [
    [
      "the smallest size and the largest",
      { sizeRange: [2e8, 6e8] },
      ({ N }) => N >= 2e8 * (1 - 1e-9) && N <= 6e8 * (1 + 1e-9),
    ],
    ["sizes of a list", { sizes: [1e8, 3e8, 1e9, 3e9] }, ({ N }) => [1e8, 3e8, 1e9, 3e9].includes(N)],
    ["the most tokens", { mostTokens: 1e10 }, ({ D }) => D <= 1e10 * (1 + 1e-9)],
    ["the fewest tokens", { leastTokens: 5e9 }, ({ D }) => D >= 5e9 * (1 - 1e-9)],
    ["whole steps", { batchTokens: 2 ** 20 }, ({ D, steps }) => D === steps! * 2 ** 20 && Number.isInteger(steps)],
    ["the most steps", { batchTokens: 2 ** 20, mostSteps: 5000 }, ({ steps }) => steps! <= 5000],
    ["bytes per parameter", { memory: { bytes: 16, most: 4e9 } }, ({ N }) => N <= 2.5e8 * (1 + 1e-9)],
    ["memory by a function", { memory: { bytes: (N) => 1e9 + 20 * N, most: 5e9 } }, ({ N }) => N <= 2e8 * (1 + 1e-9)],
    [
      "compute of single runs",
      { runCompute: [1e19, 4e19] },
      ({ C }) => C >= 1e19 * (1 - 1e-9) && C <= 4e19 * (1 + 1e-9),
    ],
    [
      "all of them together",
      { sizes: [1e8, 2e8, 4e8, 8e8], mostTokens: 3e10, batchTokens: 1e6, mostSteps: 25_000, sizeRange: [1.5e8, 1e9] },
      ({ N, D, steps }) => [2e8, 4e8, 8e8].includes(N) && steps! <= 25_000 && D === steps! * 1e6,
    ],
  ];

  it.each(cases)("%s: kept by the plan and by the even grid, which costs what it says", (_, limits, right) => {
    const plan = expectOk(planNext(fit, { ...options, ...limits }));
    for (const [runs, cost] of [
      [plan.runs, plan.cost],
      [plan.evenGrid, plan.evenGridCost],
    ] as const) {
      expect(runs.length).toBeGreaterThan(0);
      for (const one of runs) {
        expect([one, right(one)]).toEqual([one, true]);
        expect(near(one.C, fit.flopsPerToken * one.N * one.D)).toBe(true);
      }
      expect(
        near(
          cost,
          runs.reduce((sum, { C, count }) => sum + C * count, 0),
        ),
      ).toBe(true);
      expect(cost).toBeLessThanOrEqual(3e20 * (1 + 1e-6));
      expect(runs.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(18);
    }
    expect(plan.standardError.planned).toBeLessThanOrEqual(plan.standardError.evenGrid * 1.0001);
    // What is forbidden cannot make a plan better, beyond what a grid of candidates misses.
    expect(plan.standardError.planned).toBeGreaterThan(0.97 * free.standardError.planned);
  });

  it("that say nothing change nothing", () => {
    const loose = { sizeRange: [1, 1e15], mostTokens: 1e18, memory: { bytes: 1, most: 1e18 } } as const;
    expect(planNext(fit, { ...options, ...loose })).toEqual(free);
  });

  it("seeds: every model at least so often, and at most", () => {
    for (const seeds of [
      [3, 6],
      [1, 1],
      [2, 2],
    ] as const) {
      const { runs, evenGrid } = expectOk(planNext(fit, { ...options, seeds }));
      for (const { count } of [...runs, ...evenGrid]) {
        expect(count % seeds[0]).toBe(0);
        expect(count).toBeGreaterThanOrEqual(seeds[0]);
        expect(count).toBeLessThanOrEqual(seeds[1]);
      }
    }
  });

  it("whose FLOPs of a token are counted otherwise are in that compute", () => {
    const flopsPerToken = (N: number) => 6 * N + 1e9;
    const plan = expectOk(planNext(fit, { ...options, flopsPerToken, batchTokens: 1e6, mostTokens: 2e10 }));
    for (const { C, N, D } of plan.runs) expect(near(C, flopsPerToken(N) * D)).toBe(true);
    expect(plan.cost).toBeLessThanOrEqual(3e20 * (1 + 1e-9));
  });

  it.each([
    [{ mostTokens: 1e6 }, /^no run is within the limits: without "at most 1e6 tokens" there would be \d+$/],
    [{ leastTokens: 1e15 }, /: without "at least 1e15 tokens" there would be \d+$/],
    [{ sizeRange: [1, 1000] }, /: without "sizes from 1 to 1000 parameters" there would be \d+$/],
    [{ sizes: [10, 20] }, /: without "the sizes 10, 20" there would be \d+$/],
    [{ memory: { bytes: 16, most: 1000 } }, /: without "memory of 1000 bytes" there would be \d+$/],
    [{ batchTokens: 1e15 }, /: without "whole steps of 1e15 tokens" there would be \d+$/],
    [{ batchTokens: 1000, mostSteps: 10 }, /without "at most 10 steps" there would be \d+/],
    [
      { sizeRange: [1e8, 1e9], memory: { bytes: 16, most: 1e6 } },
      /: without "memory of 1e6 bytes" there would be \d+$/,
    ],
    [
      { sizes: [1e8], runCompute: [2e20, 3e20], sizeFactor: 1.5 },
      /without "the sizes 1e8" .*, without "runs of 2e20 to 3e20 FLOPs" .*, without "sizes within a factor of 1.5/,
    ],
    [
      { sizes: [1e20], memory: { bytes: 16, most: 1000 } },
      /^no run is within the limits: they exclude each other: the sizes 1e20, memory of 1000 bytes, an allowance of 3e20$/,
    ],
  ] as const)("%j leave no run, and the one that does is named", (limits, message) => {
    expect(planNext(fit, { ...options, ...limits })).toMatchObject({
      ok: false,
      reason: "unreachable",
      message: expect.stringMatching(message),
    });
  });

  it("that cannot be are named as options", () => {
    const wrong = (limits: PlanLimits) => () => planNext(fit, { ...options, ...limits });
    expect(wrong({ sizeRange: [2, 1] })).toThrow(/sizeRange is 2 … 1; expected an ascending range of sizes/);
    expect(wrong({ sizes: [] })).toThrow(/sizes is empty/);
    expect(wrong({ sizes: [1e8, -1] })).toThrow(/sizes is -1/);
    expect(wrong({ mostTokens: 0 })).toThrow(/mostTokens is 0/);
    expect(wrong({ leastTokens: -1 })).toThrow(/leastTokens is -1/);
    expect(wrong({ batchTokens: -1 })).toThrow(/batchTokens is -1/);
    expect(wrong({ mostSteps: 10 })).toThrow(/mostSteps is 10; expected batchTokens beside it/);
    expect(wrong({ batchTokens: 1, mostSteps: 1.5 })).toThrow(/mostSteps is 1.5/);
    expect(wrong({ memory: { bytes: 16, most: 0 } })).toThrow(/memory.most is 0/);
    expect(wrong({ memory: { bytes: 0, most: 1 } })).toThrow(/memory.bytes is 0/);
    for (const seeds of [
      [0, 1],
      [2, 1],
      [1.5, 2],
      [30, 40],
    ] as const)
      expect(() => planNext(fit, { ...options, seeds })).toThrow(/seeds is/);
  });
});
