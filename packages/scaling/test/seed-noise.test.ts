import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  expectOk,
  lackOfFit,
  normals,
  parseRuns,
  type Run,
  random,
  readSeedNoise,
  seedNoise,
  seedNoiseAt,
  writeRecord,
} from "../src/index.js";
import { chiSquareQuantile } from "../src/math/distributions.js";

const at = (C: number, loss: number, seed?: number): Run => ({
  ...{ C, N: Math.sqrt(C), D: Math.sqrt(C) / 6, loss },
  ...(seed !== undefined && { seed }),
});

/** Runs of budgets with so many seeds each, whose ln L scatter by σ(C). */
const scattered = (budgets: readonly number[], seeds: number, sigma: (C: number) => number, seed: number): Run[] => {
  const normal = normals(random(seed));
  return budgets.flatMap((C) =>
    Array.from({ length: seeds }, (_, s) => at(C, C ** -0.1 * Math.exp(sigma(C) * normal()), s)),
  );
};

const fixture = () => {
  const text = readFileSync(new URL("./fixtures/emoji_replicates.csv", import.meta.url), "utf8");
  return parseRuns(text).runs;
};

describe("seedNoise", () => {
  it("is the pooled standard deviation of ln L within cells, in closed form", () => {
    const runs = [
      at(1, Math.exp(0.1)),
      at(1, Math.exp(-0.1)),
      at(4, 1),
      at(4, Math.exp(0.3)),
      at(4, Math.exp(0.6)),
      at(9, 7),
    ];
    const {
      standardDeviation,
      degreesOfFreedom,
      cells,
      runs: counted,
      budgets,
      ci95,
      sameSeed,
    } = expectOk(seedNoise(runs));
    const squares = 0.02 + 0.18;
    expect(standardDeviation).toBeCloseTo(Math.sqrt(squares / 3), 12);
    expect([degreesOfFreedom, cells, counted, sameSeed]).toEqual([3, 2, 5, 0]);
    expect(
      budgets.map(({ C, standardDeviation, degreesOfFreedom }) => [C, standardDeviation, degreesOfFreedom]),
    ).toEqual([
      [1, expect.closeTo(Math.sqrt(0.02), 12), 1],
      [4, expect.closeTo(0.3, 12), 2],
    ]);
    // χ² of 3 degrees of freedom: 0.2158 and 9.3484 leave 2.5 % on either side.
    expect(ci95[0]).toBeCloseTo(Math.sqrt(squares / 9.3484), 5);
    expect(ci95[1]).toBeCloseTo(Math.sqrt(squares / 0.215795), 5);
  });

  it("is the noise against which lack of fit is tested", () => {
    const runs = fixture();
    const { standardDeviation, degreesOfFreedom } = expectOk(seedNoise(runs));
    const test = expectOk(lackOfFit(runs, () => 0.25, 3, "log"));
    const cells = new Set(runs.map(({ N, D }) => `${N} ${D}`)).size;
    const total = runs.reduce((sum, { loss }) => sum + Math.log(loss / 0.25) ** 2, 0);
    expect(test.degreesOfFreedom).toEqual([cells - 3, degreesOfFreedom]);
    const pure = standardDeviation ** 2;
    expect(test.statistic).toBeCloseTo((total - pure * degreesOfFreedom) / (cells - 3) / pure, 8);
  });

  it("of 78 runs of emoji falls from 2 % to 0.5 % of the loss as the budget grows", () => {
    const noise = expectOk(seedNoise(fixture()));
    const percent = noise.budgets.map(({ standardDeviation }) => Number((100 * standardDeviation).toFixed(1)));
    expect(percent).toEqual([1.9, 2.6, 2.1, 2.0, 1.1, 0.5]);
    expect(noise.runs).toBe(78);
    const { exponent } = expectOk(noise.trend);
    expect(exponent.value).toBeCloseTo(-0.29, 2);
    expect(exponent.ci95[1]).toBeLessThan(0);
    expect(seedNoiseAt(noise, 1e10)).toBeGreaterThan(2 * seedNoiseAt(noise, 3.2e11));
  });

  it("finds a power law of the noise, within its interval 95 times in a hundred", () => {
    const budgets = [1e10, 4e10, 1.6e11, 6.4e11];
    let inside = 0;
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const noise = expectOk(seedNoise(scattered(budgets, 4, (C) => 0.02 * (C / 1e11) ** -0.2, seed)));
      const { exponent } = expectOk(noise.trend);
      if (exponent.ci95[0] < -0.2 && -0.2 < exponent.ci95[1]) inside++;
      const even = expectOk(seedNoise(scattered(budgets, 4, () => 0.02, seed)));
      if (even.ci95[0] < 0.02 && 0.02 < even.ci95[1]) covered++;
    }
    expect(inside).toBeGreaterThan(180);
    expect(covered).toBeGreaterThan(182);
    const many = expectOk(seedNoise(scattered(budgets, 2000, (C) => 0.02 * (C / 1e11) ** -0.2, 1)));
    expect(expectOk(many.trend).exponent.value).toBeCloseTo(-0.2, 2);
    expect(seedNoiseAt(many, 1e11)).toBeCloseTo(0.02, 3);
  });

  it("takes the validation's own noise out", () => {
    // Both errors are of each run alone: their variances add.
    const runs = scattered([1e10, 1e11], 1000, () => Math.hypot(0.02, 0.01), 3);
    const validation = (a: Run, b: Run) => 0.01 * Math.hypot(a.loss, b.loss);
    const { parts } = expectOk(seedNoise(runs, { validation }));
    expect(parts!.validation).toBeCloseTo(0.01, 3);
    expect(parts!.seeds.standardDeviation).toBeCloseTo(0.02, 3);
    const [low, high] = parts!.seeds.ci95;
    expect(low < 0.02 && 0.02 < high).toBe(true);
  });

  it("says 0 where the validation's noise is all of it, and nothing where that is not known", () => {
    const runs = [at(1, 1, 0), at(1, 1.01, 1)];
    expect(expectOk(seedNoise(runs, { validation: () => 0.1 })).parts!.seeds.standardDeviation).toBe(0);
    expect(expectOk(seedNoise(runs, { validation: () => undefined })).parts).toBeUndefined();
    expect(expectOk(seedNoise(runs)).parts).toBeUndefined();
  });

  it("leaves out runs that share their seed: something else differs between them", () => {
    const runs = [at(1, 1, 0), at(1, 1.5, 0), at(1, 1, 1), at(1, Math.exp(0.2), 2)];
    expect(expectOk(seedNoise(runs))).toMatchObject({
      runs: 2,
      sameSeed: 2,
      standardDeviation: expect.closeTo(0.2 / Math.SQRT2, 12),
    });
  });

  it("is a record that survives JSON", () => {
    for (const runs of [fixture(), [at(1, 1), at(1, 2)]]) {
      const { ok: _, ...noise } = expectOk(seedNoise(runs));
      expect(readSeedNoise(writeRecord(noise))).toEqual(noise);
    }
    expect(() => readSeedNoise({ record: "seed-noise", standardDeviation: -1 })).toThrow(/standardDeviation is -1/);
  });

  it.each([
    [[at(1, 1), at(4, 1)], "the noise of seeds needs runs of one size and budget with other seeds"],
    [[at(1, 1, 7), at(1, 2, 7)], "with other seeds"],
  ])("refuses runs without replicates", (runs, message) => {
    expect(seedNoise(runs)).toMatchObject({
      ok: false,
      reason: "too-few-points",
      message: expect.stringContaining(message),
    });
  });

  it("has no trend at one budget, and of losses that are all equal", () => {
    const one = expectOk(seedNoise(scattered([1e10], 9, () => 0.1, 0)));
    expect(one.trend).toMatchObject({ ok: false, reason: "too-few-budgets" });
    expect(seedNoiseAt(one, 1e12)).toBe(one.standardDeviation);
    const equal = expectOk(seedNoise(scattered([1e10, 1e11], 9, () => 0, 0)));
    expect(equal.standardDeviation).toBeLessThan(1e-14);
    expect(equal.trend).toMatchObject({ ok: false, reason: "unidentified" });
    const half = expectOk(seedNoise(scattered([1e10, 1e11], 9, (C) => (C > 5e10 ? 0 : 0.1), 0)));
    expect(half.trend).toMatchObject({ ok: false, reason: "unidentified" });
  });

  it("refuses a standard error that is none", () => {
    expect(() => seedNoise([at(1, 1), at(1, 2)], { validation: () => -1 })).toThrow(
      /validation is -1; expected a finite standard error/,
    );
  });
});

describe("chiSquareQuantile", () => {
  it.each([
    [0.025, 1, 0.000982069],
    [0.975, 1, 5.02389],
    [0.025, 10, 3.24697],
    [0.975, 10, 20.4832],
    [0.5, 100, 99.3341],
  ])("%d of %d degrees of freedom", (p, k, x) => expect(chiSquareQuantile(p, k) / x).toBeCloseTo(1, 5));
});
