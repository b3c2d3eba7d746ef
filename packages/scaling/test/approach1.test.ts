import { describe, expect, it } from "vitest";
import {
  allocationExponents,
  approach1,
  envelope,
  expectOk,
  normals,
  optimalAllocation,
  predictApproach1,
  type Run,
  random,
  readApproach1,
  readRecord,
  surfaceFrom,
  surfaceLoss,
  trainingCurves,
  writeRecord,
} from "../src/index.js";

const truth = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });
const exponent = allocationExponents(truth, 1e19).N;

/** Checkpoints of models a factor apart, with an error of each model and one of each checkpoint. */
const checkpoints = (count: number, { model = 0, noise = 0, seed = 1, factor = 1.5 } = {}): Run[] => {
  const normal = normals(random(seed));
  return Array.from({ length: count }, (_, i) => 1e7 * factor ** i).flatMap((N, i) => {
    const own = Math.exp(model * normal());
    return Array.from({ length: 60 }, (_, k): Run => {
      const D = N * 0.5 * 1.12 ** k;
      const loss = surfaceLoss(truth, { N, D }) * own * Math.exp(noise * normal());
      return { C: 6 * N * D, N, D, loss, label: `run ${i}` };
    });
  });
};

const fitted = (runs: readonly Run[], options = {}) =>
  expectOk(approach1(trainingCurves(runs).curves, { resamples: 100, ...options }));

describe("Approach 1", () => {
  const fit = fitted(checkpoints(20));

  it("finds the exponents of the surface whose curves it sees, and takes the laws of `envelope`", () => {
    expect(fit.N.exponent.value).toBeCloseTo(exponent, 2);
    expect(fit.D.exponent.value).toBeCloseTo(1 - exponent, 2);
    const plain = expectOk(envelope(trainingCurves(checkpoints(20)).curves));
    expect(fit.points).toEqual(plain.points);
    expect(fit.loss.exponent).toEqual(expectOk(plain.loss).exponent);
  });

  it("says which curves lead and how much of it, and that they were not at their ends", () => {
    const shares = fit.curves.map(({ share }) => share);
    expect(shares.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 12);
    expect(shares.filter((share) => share > 0)).toHaveLength(fit.leaders);
    expect([shares[0], shares[19]]).toEqual([0, 0]);
    expect(fit.unfinished).toBeGreaterThan(0.9);
    expect(fit.warnings).toMatchObject([{ about: "annealing" }]);
    const few = fitted(checkpoints(5, { factor: 3 }));
    expect(few.leaders).toBeLessThan(4);
    expect(few.warnings.map(({ about }) => about)).toContain("few-leaders");
  });

  it("its intervals over resampled curves hold the truth, and are wider than those of the points", () => {
    let held = 0;
    let size = 0;
    const studies = 25;
    for (let seed = 0; seed < studies; seed++) {
      const one = fitted(checkpoints(20, { model: 0.004, noise: 0.001, seed }), { bins: 300 });
      const { exponent: of } = expectOk(one.bootstrap).N;
      if (of.ci95[0] <= exponent && exponent <= of.ci95[1]) held++;
      const { N } = expectOk(predictApproach1(one, 1e21)).predicted;
      const best = expectOk(optimalAllocation(truth, 1e21)).N;
      if (N.ci95![0] <= best && best <= N.ci95![1]) size++;
      expect(of.standardError).toBeGreaterThan(one.N.exponent.standardError);
    }
    expect(held).toBeGreaterThanOrEqual(21);
    expect(size).toBeGreaterThanOrEqual(21);
  });

  it("is a record: saved, read, and asked again with the same answer", () => {
    const again = readApproach1(writeRecord(fit));
    const { ok: _, ...plain } = fit;
    expect(again).toEqual({ ok: true, ...plain });
    expect(readRecord(writeRecord(plain))).toEqual(plain);
    expect(predictApproach1(again, 1e22)).toEqual(predictApproach1(fit, 1e22));
    expect(expectOk(predictApproach1(fit, 1e30)).notes.extrapolation).toBeGreaterThan(1);
    expect(() => predictApproach1(fit, -1)).toThrow(/C is -1/);
  });

  it("is seeded, draws curves or sizes, and refuses errors where resamples have no envelope", () => {
    const runs = checkpoints(12, { noise: 0.002 });
    const options = { bins: 200, resamples: 40 };
    expect(fitted(runs, { ...options, seed: 4 })).toEqual(fitted(runs, { ...options, seed: 4 }));
    expect(fitted(runs, { ...options, seed: 5 }).bootstrap).not.toEqual(
      fitted(runs, { ...options, seed: 4 }).bootstrap,
    );
    const twice = [
      ...runs,
      ...checkpoints(12, { noise: 0.002, seed: 9 }).map((run) => ({ ...run, label: `${run.label} b` })),
    ];
    expect(fitted(twice, { ...options, resample: "size" }).bootstrap).toMatchObject({ ok: true, of: "size" });
    const { bootstrap } = fitted(checkpoints(4, { factor: 2 }));
    expect(bootstrap).toMatchObject({ ok: false, reason: "too-many-failed-resamples" });
  });

  it("within a range only", () => {
    const some = fitted(checkpoints(20), { range: [1e18, 1e20] });
    expect(some.points.every(({ C }) => C >= 1e18 * 0.999 && C <= 1e20 * 1.001)).toBe(true);
    const { curves } = trainingCurves(checkpoints(20));
    expect(() => approach1(curves, { range: [1e20, 1e18] })).toThrow(/range is 1e20, 1e18/);
    expect(approach1(curves, { range: [1e40, 1e41] })).toMatchObject({ ok: false, reason: "too-few-points" });
  });
});

describe("checkpoints and curves", () => {
  const runs = checkpoints(4);

  it("belong by label, or by size where there are none; compute is as it was counted", () => {
    const shuffled = [...runs].reverse().map((run) => ({ ...run, C: 7 * run.N * run.D }));
    const { curves } = trainingCurves(shuffled);
    expect(curves.map(({ label }) => label).sort()).toEqual(["run 0", "run 1", "run 2", "run 3"]);
    for (const { N, points } of curves) {
      expect(points.every(({ D }, i) => i === 0 || D > points[i - 1]!.D)).toBe(true);
      expect(points[5]!.C).toBe(7 * N * points[5]!.D);
    }
    const bare = trainingCurves(runs.map(({ label: _, ...run }) => run));
    expect(bare.curves.map(({ N }) => N)).toEqual([...new Set(runs.map(({ N }) => N))]);
    expect(bare.curves[0]!.label).toBeUndefined();
  });

  it("a lone checkpoint is set aside; two models of a label, or two losses at a time, are named by row", () => {
    const { curves, single } = trainingCurves([...runs, { ...runs[0]!, label: "alone", row: 9 }]);
    expect(curves).toHaveLength(4);
    expect(single).toMatchObject([{ row: 9 }]);
    expect(() => trainingCurves([...runs, { ...runs[0]!, N: 5, label: "run 2", D: 1e12, row: 7 }])).toThrow(
      /label "run 2" has sizes/,
    );
    expect(() => trainingCurves([...runs, { ...runs[3]!, row: 7 }])).toThrow(/two losses after/);
  });
});
