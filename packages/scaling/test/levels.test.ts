import { describe, expect, it } from "vitest";
import {
  expectOk,
  type LevelsOptions,
  type LevelTable,
  levelTable,
  levelWeights,
  levelWidths,
  type NoiseLevels,
  noiseLevels,
  noiseLevelsAsync,
  normals,
  optimalAllocation,
  parseRuns,
  type Run,
  random,
  readNoiseLevels,
  ScalingError,
  type Surface,
  surface,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";

/** Five budgets with six sizes each. */
const design: readonly Run[] = [1e18, 4e18, 1.6e19, 6.4e19, 2.56e20].flatMap((C) =>
  [0.2, 0.4, 0.8, 1.6, 3.2, 6.4].map((f) => {
    const N = f * Math.sqrt(C / 120);
    return { C, N, D: C / (6 * N), loss: 1 };
  }),
);

const level = (E: number, A: number, B: number, alpha = 0.34, beta = 0.28) =>
  surfaceFrom("chinchilla", { E, A, B, alpha, beta });

/** Losses of the design at levels of known laws, with an error of the run at all of them and one of each level. */
const study = (laws: Readonly<Record<number, Surface>>, { shared = 0, own = 0, seed = 0 } = {}): LevelTable => {
  const normal = normals(random(seed));
  const t = Object.keys(laws).map(Number);
  return {
    t,
    runs: design,
    losses: design.map((run) => {
      const common = shared * normal();
      return t.map((at) => surfaceLoss(laws[at]!, run) * Math.exp(common + own * normal()));
    }),
  };
};

const fitted = (table: LevelTable, options: LevelsOptions = {}) => {
  const told = expectOk(noiseLevels(table, { resamples: 20, ...options }));
  return { told, sums: expectOk(told.sums).sums };
};

describe("a sum of noise levels", () => {
  it("of laws with equal exponents is such a law: N* in closed form", () => {
    const weights = [0.7, 0.2];
    const [A, B, E] = [0.7 * 300 + 0.2 * 900, 0.7 * 500 + 0.2 * 200, 0.7 * 0.4 + 0.2 * 1.2];
    const { sums } = fitted(study({ 0.25: level(0.4, 300, 500), 0.75: level(1.2, 900, 200) }), {
      objective: "squares",
      sums: { both: weights },
      computes: [1e18, 1e21],
      resamples: 4,
    });
    const [both] = sums;
    for (const { C, N, D, loss } of both!.at) {
      const best = expectOk(optimalAllocation(level(E, A, B), C));
      expect(N!.value / best.N).toBeCloseTo(1, 3);
      expect(D!.value / best.D).toBeCloseTo(1, 3);
      expect(loss.value / best.loss).toBeCloseTo(1, 6);
    }
    expect(both!.floor.value).toBeCloseTo(E, 4);
    expect(both!.exponent!.N.value).toBeCloseTo(0.28 / 0.62, 4);
    expect(both!.lossExponent.value).toBeCloseTo((-0.34 * 0.28) / 0.62, 4);
    expect(expectOk(both!.direct)).toMatchObject({ record: "surface", form: "chinchilla" });
  });

  it("with the weights of training is the law of the training loss: one fit exactly, the sum within its error", () => {
    const density = (t: number) => 6 * t * (1 - t);
    const t = [0.1, 0.3, 0.5, 0.7, 0.9];
    const laws = Object.fromEntries(t.map((at) => [at, level(0.3 + at, 500 * (1 - at) + 50, 600 * at + 100)]));
    const table = study(laws, { shared: 0.003, own: 0.001 });
    const weights = levelWeights(t, density);
    const { sums } = fitted(table, { sums: { trained: density }, objective: "log-squares", resamples: 60 });
    const trained = design.map((run, r) => ({
      ...run,
      loss: table.losses[r]!.reduce((sum, one, i) => sum + weights[i]! * one, 0),
    }));
    const { ok: _, ...whole } = expectOk(surface(trained, { objective: "log-squares" }));
    expect(sums[0]!.direct).toEqual({ ok: true, ...whole });
    for (const { C, N, loss } of sums[0]!.at) {
      const best = expectOk(optimalAllocation(whole, C));
      expect(Math.abs(loss.value - best.loss)).toBeLessThan(2 * loss.standardError + 1e-3);
      expect(best.N).toBeGreaterThan(N!.ci95[0] / 1.1);
      expect(best.N).toBeLessThan(N!.ci95[1] * 1.1);
    }
  });

  it("that favours levels of slow gain from size has larger optimal models, by the factor of the truth", () => {
    // Near the data the size matters most; at much noise a small model does.
    const laws = { 0.1: level(0.2, 1500, 200), 0.5: level(0.5, 400, 400), 0.9: level(0.8, 80, 700) };
    const sums = { even: [1, 1, 1], clean: [3, 0.5, 0.1] };
    const found = fitted(study(laws, { shared: 0.002, own: 0.001, seed: 3 }), {
      sums,
      resamples: 100,
      computes: [1e20],
    });
    const truth = (weights: readonly number[]) => {
      const sum = (of: readonly number[]) => of.reduce((s, v, i) => s + weights[i]! * v, 0);
      return expectOk(optimalAllocation(level(1, sum([1500, 400, 80]), sum([200, 400, 700])), 1e20)).N;
    };
    const [even, clean] = found.sums;
    const { ratio } = clean!.at[0]!;
    const right = truth(sums.clean) / truth(sums.even);
    expect(right).toBeGreaterThan(2);
    expect(ratio!.ci95[0]).toBeLessThan(right);
    expect(ratio!.ci95[1]).toBeGreaterThan(right);
    expect(ratio!.ci95[0]).toBeGreaterThan(1.3);
    expect(even!.at[0]!.ratio).toBeUndefined();
    expect(even!.at[0]!.N!.value / truth(sums.even)).toBeCloseTo(1, 0);
  });

  it("takes a run with all its levels: two levels with the same errors are as uncertain as one", () => {
    const table = study({ 0.2: level(0.5, 400, 400) }, { shared: 0.01 });
    const doubled = { ...table, t: [0.2, 0.6], losses: table.losses.map(([one]) => [one!, 3 * one!]) };
    const options = { resamples: 30, seed: 4, computes: [1e20], objective: "log-squares" };
    const alone = fitted(table, { ...options, sums: { one: [1] } }).sums[0]!.at[0]!;
    const both = fitted(doubled, { ...options, sums: { both: [1, 1] } }).sums[0]!.at[0]!;
    expect(both.loss.value / (4 * alone.loss.value)).toBeCloseTo(1, 5);
    expect(both.loss.standardError / (4 * alone.loss.standardError)).toBeCloseTo(1, 3);
    expect(both.N!.standardError / alone.N!.standardError).toBeCloseTo(1, 2);
  });

  it("of laws of compute alone is their sum, and has no size", () => {
    const table = study({ 0.25: level(0.4, 300, 500), 0.75: level(1.2, 900, 200) }, { own: 0.001 });
    const best = Array.from({ length: 24 }, (_, i) => {
      const C = 1e17 * 10 ** (i / 4);
      return { C, N: Math.sqrt(C / 120), D: Math.sqrt(C / 0.3), loss: 1 };
    });
    const losses = best.map(({ C }) => [1 + 30 * C ** -0.08, 0.5 + 90 * C ** -0.12]);
    const { told, sums } = fitted(
      { ...table, runs: best, losses },
      { law: "saturating", sums: { a: [1, 2] }, computes: [1e24] },
    );
    expect(told.form).toBe("saturating");
    const [{ at, floor, exponent, direct }] = sums as [NonNullable<(typeof sums)[number]>];
    expect(at[0]!.loss.value).toBeCloseTo(2 + 30 * 1e24 ** -0.08 + 180 * 1e24 ** -0.12, 4);
    expect(at[0]!.N).toBeUndefined();
    expect(floor.value).toBeCloseTo(2, 3);
    expect(exponent).toBeUndefined();
    expect(expectOk(direct).record).toBe("law");
  });

  it("a weight of zero leaves a level out, whatever its law", () => {
    const table = study({ 0.25: level(0.4, 300, 500), 0.75: level(1.2, 900, 200) }, { own: 0.001 });
    const options = { computes: [1e20], objective: "log-squares" } as const;
    const { sums } = fitted(table, { ...options, sums: { first: [2, 0] } });
    const { told } = fitted(table, options);
    const first = expectOk(told.levels[0]!.fit) as unknown as Surface;
    expect(sums[0]!.at[0]!.N!.value / expectOk(optimalAllocation(first, 1e20)).N).toBeCloseTo(1, 9);
    expect(sums[0]!.at[0]!.loss.value / 2).toBeCloseTo(expectOk(optimalAllocation(first, 1e20)).loss, 9);
  });
});

describe("noise levels", () => {
  const table = study({ 0.25: level(0.4, 300, 500), 0.75: level(1.2, 900, 200) }, { own: 0.002 });

  it("the same draws in pieces, with progress; an abort stops them", async () => {
    const options = { resamples: 40, seed: 7, computes: [1e20] };
    const done: number[] = [];
    const pieces = await noiseLevelsAsync(table, { ...options, onProgress: (n) => done.push(n) });
    expect(pieces).toEqual(noiseLevels(table, options));
    expect(done.at(-1)).toBe(40);
    await expect(noiseLevelsAsync(table, { ...options, signal: AbortSignal.abort() })).rejects.toThrow(ScalingError);
  });

  it("survive JSON", () => {
    const { told } = fitted(table, { computes: [1e20] });
    const { ok: _, ...record } = told as NoiseLevels & { ok?: true };
    expect(readNoiseLevels(writeRecord(record))).toEqual(record);
    expect(() => readNoiseLevels({ ...record, points: -1 })).toThrow(/points is -1/);
  });

  it("a level that has no law refuses the sums, by its time, and keeps the others", () => {
    const few = { ...table, runs: table.runs.slice(0, 6), losses: table.losses.slice(0, 6) };
    const told = expectOk(noiseLevels({ ...few, runs: few.runs.map((run) => ({ ...run, N: 1e8 })) }));
    expect(told.sums).toMatchObject({
      ok: false,
      reason: "unidentified",
      message: expect.stringMatching(/^at t = 0\.25: /),
    });
    expect(told.levels).toHaveLength(2);
  });

  it.each([
    [{ sums: { a: [1] } }, "sums.a is 1 weights; expected 2, one of each level"],
    [{ sums: { a: [-1, 1] } }, "sums.a is -1, 1; expected finite weights"],
    [{ sums: { a: [0, 0] } }, "one of them above it"],
    [{ sums: {} }, "sums is empty; expected at least one"],
    [{ sums: { a: () => Number.NaN } }, "the weight at t = 0.25 is NaN"],
    [{ computes: [0] }, "computes is 0; expected positive numbers of FLOPs"],
  ])("%j is refused", (options, message) => {
    expect(() => noiseLevels(table, options as LevelsOptions)).toThrow(message);
  });
});

describe("a table of noise levels", () => {
  it("from metrics by name, ascending; a run that lacks a level is left out and listed", () => {
    const { runs } = parseRuns("N,D,loss,loss@0.9,loss@0.1\n1e6,1e8,2,3,1\n2e6,1e8,2,,1\n", {
      columns: { metrics: { "loss@0.9": "loss@0.9", "loss@0.1": "loss@0.1" } },
    });
    const table = levelTable(runs);
    expect(table.t).toEqual([0.1, 0.9]);
    expect(table.losses).toEqual([[1, 3]]);
    expect(table.dropped).toEqual([{ row: 2, reason: "no-loss", message: "there is no loss at t = 0.9" }]);
  });

  it("from rows of one level each: by label, or by size, tokens and seed", () => {
    const rows = (label: boolean) =>
      [0.9, 0.1].flatMap((t) =>
        [1, 2].map((k) => ({
          ...{ C: 6e14 * k, N: 1e6 * k, D: 1e8, loss: 10 * t * k, metrics: { t } },
          ...(label && { label: `run ${k}` }),
        })),
      );
    for (const label of [true, false]) {
      const table = levelTable(rows(label));
      expect(table.t).toEqual([0.1, 0.9]);
      expect(table.losses).toEqual([
        [1, 9],
        [2, 18],
      ]);
    }
    const twice = [...rows(true), ...rows(true).slice(0, 1)];
    expect(() => levelTable(twice)).toThrow("t = 0.9 comes twice in one run");
  });

  it("without levels, outside of 0 to 1, or with a loss that is none: refused by name", () => {
    const run = { C: 6e14, N: 1e6, D: 1e8, loss: 1 };
    expect(() => levelTable([run])).toThrow("there are no noise levels");
    expect(() => levelTable([{ ...run, metrics: { "loss@1.5": 1 } }])).toThrow(
      "t is 1.5; expected a diffusion time from 0 to 1",
    );
    expect(() => levelTable([{ ...run, metrics: { "loss@0.5": -1 } }])).toThrow("loss@0.5 is -1");
  });

  it("widths go half way to the neighbours and to both ends, and add up to one", () => {
    expect(levelWidths([0.1, 0.3, 0.7])).toEqual([0.2, 0.3, 0.5].map((v) => expect.closeTo(v, 12)));
    expect(levelWeights([0.25, 0.75], (t) => 4 * t)).toEqual([0.5, 1.5]);
    expect(levelWidths([0.5])).toEqual([1]);
  });
});
