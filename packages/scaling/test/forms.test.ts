import { choice, record, whole } from "@isoflop/spec";
import { describe, expect, it } from "vitest";
import {
  bootstrapSurface,
  compareSides,
  type Estimate,
  expectOk,
  recordFields as fields,
  fitLaw,
  frontier,
  type Law,
  type LawForm,
  lawCurve,
  lawForms,
  normals,
  optimalAllocation,
  planNext,
  powerLaw,
  predictLaw,
  predictSurface,
  random,
  readComparison,
  readLawFit,
  readSurfaceFit,
  type SurfaceForm,
  sideOfLaw,
  surface,
  surfaceForms,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";

/** y = level − slope · ln x, as small budgets show it: a form of one's own, in one object. */
interface Logarithmic extends Law {
  readonly kind: "logarithmic";
  readonly level: Estimate;
  readonly slope: Estimate;
}

const logarithmic: LawForm<Logarithmic> = {
  name: "logarithmic",
  formula: "y = level − slope · ln x",
  options: { smallest: fields.notNegative },
  schema: record({
    kind: choice(["logarithmic"]),
    status: choice(["converged", "too-few-points"]),
    points: whole(),
    degreesOfFreedom: whole(),
    level: fields.estimate,
    slope: fields.estimate,
  }),
  fit(x, y, { smallest }: { smallest: number }) {
    // A line through (ln x, y) is a power law of e^y on x.
    const kept = x.map((v, i) => [v, y[i]!] as const).filter(([v]) => v >= smallest);
    const line = powerLaw(
      kept.map(([v]) => v),
      kept.map(([, w]) => Math.exp(w)),
    );
    if (!line.ok) return line;
    const { logCoefficient: level, exponent, status, degreesOfFreedom } = line;
    const { value, standardError, ci95 } = exponent;
    const slope = { value: -value, standardError, ci95: [-ci95[1], -ci95[0]] as const };
    return { ok: true, kind: "logarithmic", status, points: x.length, degreesOfFreedom, level, slope };
  },
  value: ({ level, slope }, x) => level.value - slope.value * Math.log(x),
  band: () => undefined,
  predict: (law, x) => ({ value: logarithmic.value(law, x) }),
  draws: (law, count) => Array.from({ length: count }, () => (x: number) => logarithmic.value(law, x)),
  objective: () => ({ name: "squares", value: 0 }),
  estimates: ({ level, slope }) => ({ level, slope }),
  remark: ({ points }, num) => `${num(points)} points`,
  equation: ({ level, slope }, { x, y }, num) => `${y} = ${num(level.value)} − ${num(slope.value)}·ln ${x}`,
};

describe("a form of law from outside", () => {
  lawForms.add(logarithmic);
  const x = [1, 2, 4, 8, 16, 32];
  const y = x.map((v) => 3 - 0.25 * Math.log(v));
  const fit = expectOk(fitLaw("logarithmic", x, y, { smallest: 1 }));

  it("is fitted, asked, drawn and saved by its name", () => {
    expect(predictLaw(fit, Math.E ** 4).predicted.y.value).toBeCloseTo(2, 12);
    expect(lawCurve(fit.law, [1])).toEqual([{ x: 1, y: expect.closeTo(3, 12) }]);
    expect(readLawFit(writeRecord(fit))).toEqual(fit);
    expect(() => readLawFit({ ...fit, law: { ...fit.law, slope: 1 } })).toThrow("law.slope is 1");
  });

  it("is compared with those there are", () => {
    const power = expectOk(fitLaw("power", x, y));
    const [a, b] = [expectOk(sideOfLaw("a", fit)), expectOk(sideOfLaw("b", power))];
    const comparison = compareSides(a, b, { draws: 10 });
    expect(comparison.at.map(({ C }) => C)).toEqual([1, 32, 320]);
    expect(readComparison(writeRecord(comparison))).toEqual(comparison);
  });

  it("has its options checked, and cannot take a name that is taken", () => {
    expect(() => fitLaw("logarithmic", x, y)).toThrow(
      "options.smallest is missing; it must be a finite number of at least 0",
    );
    expect(() => fitLaw("logarithmic", x, y, { smallest: 1, least: 2 })).toThrow('unknown key "least"');
    expect(() => lawForms.add({ ...logarithmic })).toThrow('there is a form of law "logarithmic" already');
    expect(() => fitLaw("logarithmc", x, y)).toThrow("expected one of power, saturating, broken, logarithmic");
  });
});

describe("forms of law that cannot be compared", () => {
  it("are told, with those that can", () => {
    const x = Array.from({ length: 20 }, (_, i) => 1.5 ** i);
    const broken = expectOk(
      fitLaw(
        "broken",
        x,
        x.map((v) => 2 * v ** -0.1),
      ),
    );
    expect(() => sideOfLaw("a", broken)).toThrow(/form broken cannot be compared; expected power or saturating/);
  });
});

/** L = A/N^alpha + B/D^alpha: tied, and without a floor. */
const bare: SurfaceForm = {
  name: "bare",
  formula: "A/N^alpha + B/D^alpha",
  theta: ["a", "b", "alpha"],
  parameters: [
    { name: "A", exponentialOf: "a" },
    { name: "B", exponentialOf: "b" },
    { name: "alpha", exponent: "alpha" },
  ],
  logLoss(t, lnN, lnD, gradient) {
    const [n, d] = [Math.exp(t[0]! - t[2]! * lnN), Math.exp(t[1]! - t[2]! * lnD)];
    const sum = n + d;
    gradient.set([n / sum, d / sum, (-lnN * n - lnD * d) / sum]);
    return Math.log(sum);
  },
  recentre: ([a, b, alpha], shiftN, shiftD) => [a! - alpha! * shiftN, b! - alpha! * shiftD, alpha!],
  floor: () => 0,
  trade: ([a, b, alpha]) => ({ a: a!, b: b!, alpha: alpha!, beta: alpha!, slope: alpha! }),
  starts: ({ medianLoss }) => [0.1, 0.3, 1].map((alpha) => [Math.log(medianLoss / 2), Math.log(medianLoss / 2), alpha]),
  atBound: () => undefined,
};

describe("a form of surface from outside", () => {
  surfaceForms.add(bare);
  const truth = surfaceFrom("bare", { A: 300, B: 900, alpha: 0.3 });
  const normal = normals(random(8));
  const runs = [1e7, 1e8, 1e9].flatMap((N) =>
    [1e9, 1e10, 1e11].map((D) => ({
      N,
      D,
      C: 7 * N * D,
      loss: surfaceLoss(truth, { N, D }) * Math.exp(1e-3 * normal()),
    })),
  );
  const fit = expectOk(surface(runs, { form: "bare", objective: "log-squares" }));

  it("is fitted with its errors, under the runs' own compute", () => {
    expect(fit.status).toBe("converged");
    expect(Math.abs(fit.parameters.alpha!.value - 0.3)).toBeLessThan(4 * fit.parameters.alpha!.standardError);
    expect(fit.flopsPerToken).toBeCloseTo(7, 12);
    const C = 1e20;
    const { N, D } = expectOk(optimalAllocation({ ...truth, flopsPerToken: 7 }, C));
    expect(7 * N * D).toBeCloseTo(C, -8);
    const [best] = frontier(fit, [C]);
    expect(best!.N.ci95![0]).toBeLessThan(N);
    expect(best!.N.ci95![1]).toBeGreaterThan(N);
  });

  it("is asked, drawn again, planned with and saved", () => {
    const bootstrap = bootstrapSurface(fit, runs, { resamples: 40 });
    const whole = { ...fit, bootstrap };
    expect(readSurfaceFit(writeRecord(whole))).toEqual(whole);
    expect(expectOk(predictSurface(fit, { N: 1e8, D: 1e10 })).given.C).toBeCloseTo(7e18, -6);
    expect(planNext(fit, { target: { C: 1e22, quantity: "loss" }, allowance: 1e20 }).ok).toBe(true);
  });
});
