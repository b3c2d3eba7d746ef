import { beforeAll, describe, expect, it } from "vitest";
import {
  expectOk,
  normals,
  optimalAllocation,
  predictRollOut,
  type RollOut,
  type Run,
  random,
  readPrediction,
  readRollOut,
  rolledOutForms,
  rollOut,
  rollOutAsync,
  rollOutEstimate,
  type SurfaceFit,
  type SurfaceForm,
  surface,
  surfaceForms,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";
import { cutsOf } from "../src/rollout/cuts.js";
import { heldOutErrors } from "../src/rollout/held-out.js";
import type { HeldOutErrors } from "../src/rollout/record.js";
import { weighed } from "../src/rollout/weigh.js";
import { surfaceData } from "../src/surface/data.js";
import { surfaceObjectives } from "../src/surface/objectives/index.js";
import { csv, llama3 } from "./data.js";

const SIZES = [1e7, 3e7, 1e8, 3e8, 1e9, 3e9];
const TOKENS = [5e8, 2e9, 8e9, 3.2e10, 1.3e11, 5e11];
const truth = surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 });

const study = (seed: number, noise = 2e-3): Run[] => {
  const normal = normals(random(seed));
  return SIZES.flatMap((N) =>
    TOKENS.map((D) => ({ N, D, C: 6 * N * D, loss: surfaceLoss(truth, { N, D }) * Math.exp(noise * normal()) })),
  );
};

describe("what is held out", () => {
  const runs = study(1);

  it("is whole levels of the largest values, from few to half of the rows, along each axis", () => {
    for (const axis of ["C", "N", "D"] as const) {
      const cuts = cutsOf(runs, [axis]);
      expect(cuts.length).toBeGreaterThan(0);
      for (const { along, above, kept, heldOut } of cuts) {
        expect(along).toBe(axis);
        expect([...kept, ...heldOut].sort((a, b) => a - b)).toEqual(runs.map((_, i) => i));
        for (const i of kept) expect(runs[i]![axis]).toBeLessThanOrEqual(above);
        for (const i of heldOut) expect(runs[i]![axis]).toBeGreaterThan(1.05 * above);
      }
    }
    // One, then three of six sizes; 15 % of the rows would be less than a size, which is not divided.
    expect(cutsOf(runs, ["N"]).map(({ above, heldOut }) => [above, heldOut.length])).toEqual([
      [1e9, 6],
      [1e8, 18],
    ]);
  });

  it("takes values that were rounded to steps for one level", () => {
    const rounded = runs.map((run, i) => ({ ...run, N: run.N * (1 + 0.004 * (i % 6)) }));
    expect(cutsOf(rounded, ["N"]).map(({ heldOut }) => heldOut)).toEqual(
      cutsOf(runs, ["N"]).map(({ heldOut }) => heldOut),
    );
  });

  it("is nothing where there is one level, or the largest is more than half of the rows", () => {
    const oneSize = runs.filter(({ N }) => N === 1e8);
    expect(cutsOf(oneSize, ["N"])).toEqual([]);
    expect(cutsOf([...oneSize, ...runs.filter(({ N }) => N === 3e9), runs[35]!], ["N"])).toEqual([]);
    expect(cutsOf([], ["C"])).toEqual([]);
  });
});

/** ln L = a + b ln N + c ln D: linear in its parameters, so that all is exact. */
const plane: SurfaceForm = {
  name: "plane",
  formula: "A N^b D^c",
  theta: ["a", "b", "c"],
  parameters: [
    { name: "A", exponentialOf: "a" },
    { name: "b", exponent: "b" },
    { name: "c", exponent: "c" },
  ],
  logLoss(theta, lnN, lnD, gradient) {
    gradient.set([1, lnN, lnD]);
    return theta[0]! + theta[1]! * lnN + theta[2]! * lnD;
  },
  recentre: ([a, b, c], shiftN, shiftD) => [a! + b! * shiftN + c! * shiftD, b!, c!],
  floor: () => 0,
  starts: ({ medianLoss }) => [[Math.log(medianLoss), -0.1, -0.1]],
  atBound: () => undefined,
};

describe("what a form says of runs that were held out", () => {
  if (!surfaceForms.has("plane")) surfaceForms.add(plane);
  const off = [4, -7, 2, -3, 6, -1, 5, -8, 3, 9, 30, -4];
  const runs = [1e7, 1e8, 1e9, 1e10].flatMap((N, i) =>
    [1e9, 1e10, 1e11].map((D, j) => ({
      ...{ N, D, C: 6 * N * D },
      loss: Math.exp(3 - 0.08 * Math.log(N) - 0.05 * Math.log(D) + 1e-3 * off[3 * i + j]!),
    })),
  );
  const data = surfaceData(plane, runs);
  const measure = { objective: surfaceObjectives.get("log-squares"), width: 0 };
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  it("is that of numpy's least squares and scipy's multivariate Student t", () => {
    const errors = heldOutErrors(plane, data, measure, [0.5, -0.1, -0.1], { kept: rows(0, 9), heldOut: rows(9, 12) })!;
    expect(errors.degreesOfFreedom).toBe(6);
    expect(errors.bias).toBeCloseTo(-0.01122222222222, 9);
    expect(errors.rmse).toBeCloseTo(0.0178702456338, 9);
    expect(errors.r2).toBeCloseTo(0.9681625552379, 8);
    expect(errors.t).toBeCloseTo(-1.790815797578, 7);
    expect(errors.pValue).toBeCloseTo(0.1235132871295, 7);
    expect(errors.logScore).toBeCloseTo(5.548162897999, 6);
    expect(errors.covered).toBeCloseTo(2 / 3, 12);
  });

  it("is nothing where the rows that are left are few for its parameters", () => {
    expect(heldOutErrors(plane, data, measure, [0.5, -0.1, -0.1], { kept: rows(0, 7), heldOut: rows(7, 12) })).toBe(
      undefined,
    );
  });
});

const errorsOf = (logScore: number, t = 0.5, pValue = 0.6): HeldOutErrors => ({
  ...{ rmse: 0.01, bias: 0.001, r2: 0.9, covered: 1, degreesOfFreedom: 20 },
  ...{ t, pValue, logScore },
});

describe("the weights of forms", () => {
  const fit = expectOk(surface(study(2), { form: "chinchilla", objective: "log-squares" }));
  const of = (form: string, aicc: number): SurfaceFit => ({ ...fit, form, criteria: { ...fit.criteria, aicc } });

  it("are the fourth root of exp(−AICc/2 + mean score), over their sum", () => {
    const [a, b] = weighed([
      { fit: of("chinchilla", -100), errors: [errorsOf(10), errorsOf(30)] },
      { fit: of("no-floor", -102), errors: [errorsOf(11), errorsOf(28)] },
    ]);
    // 50 + 20 against 51 + 19.5.
    expect(b!.weight / a!.weight).toBeCloseTo(Math.exp(0.5 / 4), 10);
    expect(a!.weight + b!.weight).toBeCloseTo(1, 12);
    expect([a!.logScore, b!.logScore]).toEqual([20, 19.5]);
    expect(a!.misfit.factor).toBe(1);
    expect(a!.degreesOfFreedom).toBe(fit.degreesOfFreedom);
  });

  it("are those of the fits alone where nothing could be held out", () => {
    const [a, b] = weighed([
      { fit: of("chinchilla", -100), errors: [] },
      { fit: of("no-floor", -101), errors: [] },
    ]);
    expect(b!.weight / a!.weight).toBeCloseTo(Math.exp(0.5 / 4), 10);
    expect(a!.logScore).toBeNaN();
  });

  it.each([
    [19, true],
    [21, false],
  ])("end at Occam's window: a weight %d times less", (times, takesPart) => {
    const [, b] = weighed([
      { fit: of("chinchilla", -100), errors: [errorsOf(10)] },
      { fit: of("no-floor", -100), errors: [errorsOf(10 - 4 * Math.log(times))] },
    ]);
    expect(b!.weight > 0).toBe(takesPart);
    expect(b!.out).toEqual(takesPart ? undefined : "others are more than 20 times as likely");
  });

  it.each([
    ["in sample alone", 25, 1, false],
    ["out of sample alone", 1, 25, false],
    ["in sample and out of it", 21, 21, true],
    ["in both, but less than that", 19, 19, false],
  ])(
    "leave out a form that is no sum of terms, unless it does 20 times better: %s",
    (_, inSample, outOf, takesPart) => {
      const [, extended] = weighed([
        { fit: of("chinchilla", -100), errors: [errorsOf(10)] },
        { fit: of("crossed", -100 - 2 * Math.log(inSample)), errors: [errorsOf(10 + Math.log(outOf))] },
      ]);
      expect(extended!.weight > 0).toBe(takesPart);
      if (!takesPart) expect(extended!.out).toBe("it does not do better than sums of power terms");
    },
  );

  it("are by the scores of the same cuts: where a form that a prior holds has none, of no cut", () => {
    const [a, b] = weighed([
      { fit: of("chinchilla", -100), errors: [errorsOf(10), errorsOf(30)] },
      { fit: of("joint", -100), errors: [errorsOf(11), undefined] },
    ]);
    expect(b!.weight / a!.weight).toBeCloseTo(Math.exp(1 / 4), 10);
    const [c, d] = weighed([
      { fit: of("chinchilla", -100), errors: [errorsOf(10)] },
      { fit: of("joint", -104), errors: [undefined] },
    ]);
    expect(d!.weight / c!.weight).toBeCloseTo(Math.exp(2 / 4), 10);
  });

  it("go to no form that the rows that are kept do not determine", () => {
    const [a, b] = weighed([
      { fit: of("chinchilla", -100), errors: [errorsOf(10)] },
      { fit: of("no-floor", -200), errors: [undefined] },
    ]);
    expect([a!.weight, b!.weight, b!.out]).toEqual([1, 0, "the runs that are kept do not determine it"]);
  });

  it("widen errors by the root mean square of t where a roll-out is a surprise, after Bonferroni", () => {
    const said = (p: number) =>
      weighed([{ fit: of("chinchilla", -100), errors: [errorsOf(10, 6, p), errorsOf(10, 8, 0.3)] }])[0]!;
    expect(said(4e-5)).toMatchObject({ misfit: { factor: Math.sqrt(50), pValue: 8e-5 }, degreesOfFreedom: 1 });
    expect(said(6e-5)).toMatchObject({
      misfit: { factor: 1, pValue: 1.2e-4 },
      degreesOfFreedom: fit.degreesOfFreedom,
    });
  });
});

describe("a roll-out of a true surface", () => {
  const runs = study(3);
  const fit = expectOk(rollOut(runs));

  it("gives the weight to sums of power terms, the true one among them, and widens nothing", () => {
    expect(fit.status).toBe("converged");
    expect(fit.message).toBeUndefined();
    expect([...fit.forms.map((one) => one.fit.form), ...fit.refused.map(({ form }) => form)].sort()).toEqual(
      [...rolledOutForms].sort(),
    );
    const weight = Object.fromEntries(fit.forms.map((one) => [one.fit.form, one.weight]));
    expect(weight.chinchilla).toBeGreaterThan(0.99);
    expect(weight.chinchilla! + weight["no-floor"]!).toBeCloseTo(1, 12);
    for (const { weight, misfit } of fit.forms) if (weight > 0) expect(misfit.factor).toBe(1);
    expect(new Set(fit.cuts.map(({ along }) => along))).toEqual(new Set(["C", "N", "D"]));
    expect(fit.points).toBe(36);
    expect(fit.largest).toEqual({ C: 6 * 3e9 * 5e11, N: 3e9, D: 5e11 });
  });

  it("predicts a compute: N and D multiply to C/k, and what is true lies within the intervals", () => {
    const C = 1e23;
    const { predicted, notes, given } = expectOk(predictRollOut(fit, { C }));
    const { N, D, loss } = predicted;
    expect(given).toEqual({ C });
    expect(N.value * D.value).toBeCloseTo(C / fit.flopsPerToken, -12);
    expect(N.ci95![0] * D.ci95![1]).toBeCloseTo(C / fit.flopsPerToken, -12);
    const best = expectOk(optimalAllocation(truth, C));
    expect(best.N).toBeGreaterThan(N.ci95![0]);
    expect(best.N).toBeLessThan(N.ci95![1]);
    expect(best.loss).toBeGreaterThan(loss.ci95![0]);
    expect(best.loss).toBeLessThan(loss.ci95![1]);
    expect(loss.interval95![0]).toBeLessThan(loss.ci95![0]);
    expect(loss.interval95![1]).toBeGreaterThan(loss.ci95![1]);
    expect(notes.extrapolation).toBeCloseTo(C / fit.largest.C, 12);
    expect(notes.widened).toBeUndefined();
    expect(Object.values(notes.forms!).reduce((s, { weight }) => s + weight, 0)).toBeCloseTo(1, 12);
  });

  it("predicts a model, the optimum being a model as any other", () => {
    const at = expectOk(predictRollOut(fit, { C: 1e23 })).predicted;
    const { predicted, given } = expectOk(predictRollOut(fit, { N: at.N.value, D: at.D.value }));
    expect(given.C).toBeCloseTo(1e23, -13);
    expect(predicted.loss.value).toBeCloseTo(at.loss.value, 12);
    expect(predicted.loss.interval95).toEqual(at.loss.interval95);
  });

  it("reaches a loss with the compute whose optimum has it", () => {
    const { loss } = expectOk(predictRollOut(fit, { C: 1e23 })).predicted;
    const { predicted } = expectOk(predictRollOut(fit, { loss: loss.value }));
    expect(predicted.C.value / 1e23).toBeCloseTo(1, 2);
    expect(predicted.C.ci95![0]).toBeLessThan(1e23);
    expect(predicted.C.ci95![1]).toBeGreaterThan(1e23);
    const below = predictRollOut(fit, { loss: 1 });
    expect(below).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("says any number of the surface over its forms", () => {
    const { value, standardError, ci95 } = rollOutEstimate(fit, (s) => Math.log(surfaceLoss(s, { N: 1e10, D: 1e12 })));
    const { loss } = expectOk(predictRollOut(fit, { N: 1e10, D: 1e12 })).predicted;
    expect(Math.exp(value)).toBeCloseTo(loss.value, 3);
    expect(ci95.map(Math.exp)[0]).toBeCloseTo(loss.ci95![0], 9);
    expect(standardError).toBeGreaterThan(0);
  });

  it.each([{ C: 0 }, { N: -1, D: 1e9 }, { loss: Number.NaN }, { N: 1e9, D: Number.POSITIVE_INFINITY }])(
    "has no answer to %j",
    (question) => {
      expect(() => predictRollOut(fit, question)).toThrow(/expected a positive number/);
    },
  );

  it("survives JSON, and what is damaged is refused by the name of its field", () => {
    const text = writeRecord(fit);
    expect(readRollOut(JSON.parse(text))).toEqual(fit);
    const again = readRollOut(JSON.parse(text));
    expect(predictRollOut(again, { C: 1e23 })).toEqual(predictRollOut(fit, { C: 1e23 }));
    const answer = expectOk(predictRollOut(fit, { C: 1e23 }));
    expect(readPrediction(JSON.parse(writeRecord(answer))).notes.forms).toEqual(answer.notes.forms);
    const damaged = (path: readonly (string | number)[], value: unknown) => () => {
      const record = JSON.parse(text);
      const place = path.slice(0, -1).reduce((node, key) => node[key], record);
      place[path.at(-1)!] = value;
      return readRollOut(record);
    };
    expect(damaged(["largest"], undefined)).toThrow(/largest is missing/);
    expect(damaged(["forms", 0, "weight"], 1.5)).toThrow(/forms\[0\]\.weight is 1\.5; /);
    expect(damaged(["cuts", 0, "along"], "L")).toThrow(/cuts\[0\]\.along is "L"; /);
    expect(damaged(["forms", 0, "fit", "theta"], "x")).toThrow(/forms\[0\]\.fit\.theta is "x"; /);
    expect(damaged(["record"], "surface")).toThrow(/record/);
  });
});

describe("how it is asked", () => {
  const runs = study(4).filter((_, i) => i % 3 !== 0);
  const forms = ["chinchilla", "no-floor"] as const;

  it("is the same in pieces, with progress to its end", async () => {
    const seen: [number, number][] = [];
    const whole = rollOut(runs, { forms });
    const onProgress = (done: number, all: number) => seen.push([done, all]);
    expect(await rollOutAsync(runs, { forms, onProgress })).toEqual(whole);
    const [, all] = seen[0]!;
    expect(seen).toEqual(Array.from({ length: all }, (_, i) => [i + 1, all]));
  });

  it("stops when it is told to", async () => {
    const stopper = new AbortController();
    const onProgress = () => stopper.abort();
    await expect(rollOutAsync(runs, { forms, onProgress, signal: stopper.signal })).rejects.toThrow(/abort/i);
    expect(() => rollOut(runs, { forms, signal: AbortSignal.abort() })).toThrow(/abort/i);
  });

  it("holds out along the axes that are asked", () => {
    const fit = expectOk(rollOut(runs, { forms, along: ["D"] }));
    expect(new Set(fit.cuts.map(({ along }) => along))).toEqual(new Set(["D"]));
  });

  it("refuses forms and axes that there are not", () => {
    expect(() => rollOut(runs, { forms: ["chinchila"] })).toThrow(
      /forms is "chinchila"; expected names among chinchilla,/,
    );
    expect(() => rollOut(runs, { along: ["L" as "N"] })).toThrow(/along is "L"; expected some of C, N, D/);
  });

  it("of too few runs is refused; of few, weighs the forms by their fits, and says so", () => {
    expect(rollOut(runs.slice(0, 3), { forms })).toMatchObject({ ok: false, reason: "too-few-points" });
    const few = [0, 2, 7, 9, 14, 16, 21, 28, 35].map((i) => study(5)[i]!);
    const fit = expectOk(rollOut(few, { forms }));
    expect(fit).toMatchObject({ status: "unidentified", cuts: [] });
    expect(fit.message).toContain("too few to hold any out");
    expect(expectOk(predictRollOut(fit, { N: 1e9, D: 1e10 })).predicted.loss.value).toBeGreaterThan(2);
  });

  it("takes the runs' own k of C = k·N·D", () => {
    const fit = expectOk(rollOut(llama3(), { forms, along: ["C"] }));
    expect(fit.flopsPerToken).toBeCloseTo(expectOk(surface(llama3(), { form: "no-floor" })).flopsPerToken, 12);
    const asked = expectOk(rollOut(llama3(), { forms, along: ["C"], flopsPerToken: 6 }));
    expect(asked.flopsPerToken).toBe(6);
  });
});

/** The runs above a size, predicted from those below it. */
const foreseen = (runs: readonly Run[], size: number) => {
  const kept = runs.filter(({ N }) => N <= size);
  const beyond = runs.filter(({ N }) => N > size);
  const fit = expectOk(rollOut(kept, { rehearse: false }));
  const said = beyond.map(({ N, D, loss }) => {
    const { value, interval95 } = expectOk(predictRollOut(fit, { N, D })).predicted.loss;
    return { error: Math.log(value / loss), inside: loss >= interval95![0] && loss <= interval95![1] };
  });
  const mean = beyond.reduce((s, { loss }) => s + Math.log(loss), 0) / beyond.length;
  const total = beyond.reduce((s, { loss }) => s + (Math.log(loss) - mean) ** 2, 0);
  return {
    fit,
    count: beyond.length,
    r2: 1 - said.reduce((s, { error }) => s + error ** 2, 0) / total,
    inside: said.filter(({ inside }) => inside).length / said.length,
  };
};

describe("the runs of Farseer, whose exponent of data depends on the size", { timeout: 300_000 }, () => {
  const runs = csv("farseer");
  const logs = runs.map(({ N }) => Math.log(N));
  let half: { fit: RollOut; count: number; r2: number; inside: number };
  beforeAll(() => {
    half = foreseen(runs, Math.exp((Math.min(...logs) + Math.max(...logs)) / 2));
  }, 300_000);

  it("are foreseen beyond half of the sizes", () => {
    expect(half.count).toBeGreaterThan(150);
    expect(half.r2).toBeGreaterThan(0.9);
    expect(half.inside).toBeGreaterThan(0.9);
  });

  it("are foreseen by forms that know of it, with errors that were widened, which is said", () => {
    const { fit } = half;
    const weight = Object.fromEntries(fit.forms.map((one) => [one.fit.form, one.weight]));
    expect(weight.chinchilla! + weight["no-floor"]!).toBeLessThan(0.01);
    expect(fit.message).toMatch(/^no form foresees the runs that are held out: standard errors are widened/);
    expect(expectOk(predictRollOut(fit, { C: 1e22 })).notes.widened).toBeGreaterThan(1);
  });

  it("are foreseen at the largest sizes", () => {
    const sizes = [...runs.map(({ N }) => N)].sort((a, b) => a - b);
    const { count, r2, inside } = foreseen(runs, 0.9999 * sizes[Math.floor(0.95 * sizes.length)]!);
    expect(count).toBeGreaterThan(10);
    expect(r2).toBeGreaterThan(0.9);
    expect(inside).toBeGreaterThan(0.9);
  });
});

describe("runs that no form describes", () => {
  it("are said to be so, where roll-outs do not show it", () => {
    // Parabolas about a power law: not the slices of any surface here.
    const normal = normals(random(4));
    const runs = [0, 1, 2, 3].flatMap((b) =>
      [-2, -1, 0, 1, 2].map((j) => {
        const C = 2e11 * 2 ** b;
        const N = 2e4 * 2 ** (0.57 * b) * 1.5 ** j;
        return {
          C,
          N,
          D: C / (6 * N),
          loss: 0.28 * 2 ** (-0.11 * b) * (1 + 0.03 * j * j + 0.012 * (j === 0 ? 1 : 0)) * Math.exp(1e-4 * normal()),
        };
      }),
    );
    const { message } = expectOk(rollOut(runs));
    expect(message).toMatch(/no form (holds|foresees)/);
  });
});
