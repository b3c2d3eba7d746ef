import { describe, expect, it } from "vitest";
import {
  expectOk,
  normals,
  predictRollOut,
  type Run,
  random,
  rollOut,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";
import { floored } from "../src/surface/floors/floored.js";
import { corrected } from "../src/surface/forms/corrected.js";

const AMID = Math.log(4e10 / 6);
const truth = surfaceFrom("corrected", {
  ...{ E: 0.02, A: 0.22 * Math.exp(0.09 * AMID), alpha: 0.09, r: 0.12 * Math.exp(0.5 * AMID), Delta: 0.5 },
  ...{ G: 2e4 * Math.exp(-0.35 * AMID), a: 0.35, bend: 0, kappa: 0.25, flat: -0.15, skew: -0.6 },
});
const lossOf = (N: number, C: number) => surfaceLoss(truth, { N, D: C / (6 * N) });

const study = (seed: number, noise: number): Run[] => {
  const normal = normals(random(seed));
  return [1e10, 2e10, 4e10, 8e10, 1.6e11, 3.2e11].flatMap((C) =>
    [-1.5, -0.5, 0.5, 1.5].flatMap((at) => {
      const N = 2e4 * (C / 4e10) ** 0.35 * 1.5 ** at;
      return Array.from({ length: 3 }, () => ({
        C,
        N,
        D: C / (6 * N),
        loss: lossOf(N, C) * Math.exp(noise * normal()),
      }));
    }),
  );
};
const floor = { value: 0.02, standardError: 0.001 };

describe("the form above a known floor", () => {
  it("has one surface, at the floor that was measured, and at 0 where none was", () => {
    for (const measured of [floor, undefined]) {
      const { nodes } = expectOk(floored(corrected, study(1, 1e-3), { measured }));
      expect(nodes.map(({ floor: at, weight }) => [at, weight])).toEqual([[measured?.value ?? 0, 1]]);
      for (const row of nodes[0]!.covariance) expect(row[0]).toBe(0);
    }
  });

  it("finds the law of runs without noise, as far as they tell it", () => {
    const { nodes, residualStandardDeviation } = expectOk(floored(corrected, study(1, 1e-4), { measured: floor }));
    expect(residualStandardDeviation).toBeLessThan(2e-4);
    const found = { form: corrected.name, theta: nodes[0]!.theta };
    for (const [N, C] of [
      [3e4, 3.2e11],
      [1e5, 3.2e12],
    ] as const)
      expect(surfaceLoss(found, { N, D: C / (6 * N) }) / lossOf(N, C)).toBeCloseTo(1, 2);
  });

  it("holds runs at ten times the compute, where the floor that other forms find is an apparent one", () => {
    let inside = 0;
    const seeds = 12;
    for (let seed = 0; seed < seeds; seed++) {
      const fit = expectOk(rollOut(study(seed, 0.015), { floor, rehearse: false }));
      const N = 8e4;
      const { interval95 } = expectOk(predictRollOut(fit, { N, D: 3.2e12 / (6 * N) })).predicted.loss;
      const loss = lossOf(N, 3.2e12);
      if (loss > interval95![0] && loss < interval95![1]) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(seeds - 1);
  });

  it("takes no part where no floor was measured, and says why", () => {
    const { forms, refused } = expectOk(rollOut(study(1, 0.01), { rehearse: false }));
    expect(forms.some(({ fit }) => fit.form === "corrected")).toBe(false);
    expect(refused).toContainEqual({
      ...{ form: "corrected", reason: "unidentified" },
      message: "its floor must be known, and none was measured",
    });
  });
});
