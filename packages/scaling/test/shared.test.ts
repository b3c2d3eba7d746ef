import { describe, expect, it } from "vitest";
import {
  expectOk,
  normals,
  type Run,
  random,
  readRecord,
  readSharedFit,
  sharedSurface,
  surface,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";
import { porian } from "./data.js";

const GRID = [3e7, 1e8, 3e8, 1e9].flatMap((N) => [6e8, 2e9, 6e9, 2e10].map((D) => ({ N, D, C: 6 * N * D })));

const simulated = (parameters: Readonly<Record<string, number>>, seed: number, noise: number): Run[] => {
  const truth = surfaceFrom("chinchilla", parameters);
  const normal = normals(random(seed));
  return GRID.map((run) => ({ ...run, loss: surfaceLoss(truth, run) * Math.exp(noise * normal()) }));
};

const exponents = { alpha: 0.34, beta: 0.28 };
const levels = [
  { E: 1.7, A: 400, B: 410 },
  { E: 1.2, A: 250, B: 600 },
  { E: 2.4, A: 700, B: 300 },
];
const studiesOf = (seed: number, of: (i: number) => object = () => exponents) =>
  levels.map((level, i) => ({
    name: `study ${i}`,
    runs: simulated({ ...level, ...of(i) } as Record<string, number>, seed + i, [1e-3, 3e-3, 1e-3][i]!),
  }));

describe("exponents that studies share", () => {
  const fit = expectOk(sharedSurface(studiesOf(1)));

  it("are found, closer than by any study alone", () => {
    expect(fit.status).toBe("converged");
    for (const [name, truth] of Object.entries(exponents)) {
      const { value, standardError } = fit.parameters[name]!;
      expect(Math.abs(value - truth)).toBeLessThan(4 * standardError);
      for (const { fit: own, alone } of fit.studies) {
        expect(own.parameters[name]!.value).toBe(value);
        expect(own.parameters[name]!.standardError / standardError).toBeCloseTo(1, 6);
        expect(alone.parameters[name]!.standardError).toBeGreaterThan(standardError);
      }
    }
    for (const [i, { name, fit: own }] of fit.studies.entries()) {
      expect(name).toBe(`study ${i}`);
      for (const [coefficient, truth] of Object.entries(levels[i]!)) {
        const { value, standardError } = own.parameters[coefficient]!;
        expect(Math.abs(value - truth)).toBeLessThan(4 * standardError);
      }
    }
  });

  it("are tested: the chance is uniform where they are the same, and nothing where they are not", () => {
    const chances = Array.from({ length: 40 }, (_, k) => {
      const { tenable } = expectOk(sharedSurface(studiesOf(100 + 10 * k)));
      return expectOk(tenable).pValue;
    });
    // Of 40 uniform numbers, 99.9 % of the time between 1 and 15 lie below 0.15 and at least 10 above 0.5.
    const below = chances.filter((p) => p < 0.15).length;
    expect(below).toBeLessThan(16);
    expect(below).toBeGreaterThan(0);
    expect(chances.filter((p) => p > 0.5).length).toBeGreaterThan(9);
    const different = expectOk(
      sharedSurface(studiesOf(7, (i) => (i === 0 ? { ...exponents, A: 3000, alpha: 0.45 } : exponents))),
    );
    expect(expectOk(different.tenable).pValue).toBeLessThan(1e-6);
    expect(different.criteria.shared.aicc).toBeGreaterThan(different.criteria.alone.aicc);
    expect(expectOk(fit.tenable).degreesOfFreedom).toEqual([4, 3 * 16 - 15]);
  });

  it("of the same runs twice are those of the runs", () => {
    const { runs } = studiesOf(3)[0]!;
    const alone = expectOk(surface(runs));
    const twice = expectOk(
      sharedSurface([
        { name: "a", runs },
        { name: "b", runs },
      ]),
    );
    expect(twice.parameters.alpha!.value).toBeCloseTo(alone.parameters.alpha!.value, 6);
    expect(expectOk(twice.tenable).statistic).toBeCloseTo(0, 8);
    expect(twice.studies[1]!.fit.parameters.E!.value).toBeCloseTo(alone.parameters.E!.value, 6);
    // Twice the runs: half the variance, but for the degrees of freedom.
    const factor = (twice.parameters.alpha!.standardError / alone.parameters.alpha!.standardError) ** 2;
    expect(factor).toBeCloseTo((0.5 * (2 * (16 - 5))) / (2 * 16 - 8), 6);
  });

  it("may be some of them, of any form whose parameters keep through a change of units", () => {
    const only = expectOk(sharedSurface(studiesOf(1), { share: ["beta"] }));
    expect(Object.keys(only.parameters)).toEqual(["beta"]);
    expect(only.studies[0]!.fit.parameters.alpha!.value).not.toBe(only.studies[1]!.fit.parameters.alpha!.value);
    expect(
      Object.keys(expectOk(sharedSurface(studiesOf(1), { form: "tied", share: ["E", "alpha"] })).parameters),
    ).toEqual(["E", "alpha", "beta"]);
    expect(() => sharedSurface(studiesOf(1), { share: ["A"] })).toThrow(
      'share is "A"; expected some of E, alpha, beta',
    );
    expect(() => sharedSurface(studiesOf(1), { form: "crossed" })).toThrow('share is "c"');
    expect(() => sharedSurface(studiesOf(1).slice(0, 1))).toThrow("studies is 1; expected two or more");
    const few = sharedSurface([...studiesOf(1), { name: "few", runs: studiesOf(1)[0]!.runs.slice(0, 3) }]);
    expect(few).toMatchObject({ ok: false, message: expect.stringContaining("few: 3 runs for 5 parameters") });
  });

  it("survive JSON", () => {
    expect(readSharedFit(writeRecord(fit))).toEqual(fit);
    expect(readRecord(writeRecord(fit))).toEqual(fit);
    expect(() => readSharedFit({ ...fit, studies: [{}] })).toThrow("studies[0]");
  });
});

describe("two set-ups of Porian et al.", () => {
  it("share what scipy finds, and had better not", () => {
    const names = ["base/long/kaplan/kaplan/train", "base/long/kaplan/standard/val"];
    const studies = names.map((name) => ({ name, runs: porian(name) }));
    const fit = expectOk(sharedSurface(studies, { form: "no-floor" }));
    // least_squares of scipy 1.17 from sixty random starts, residuals over the standard deviations of the studies alone.
    const { alpha, beta } = fit.parameters;
    expect([alpha!.value, beta!.value]).toEqual([expect.closeTo(0.11019417, 8), expect.closeTo(0.39556676, 8)]);
    expect(alpha!.standardError).toBeCloseTo(0.00430019, 7);
    expect(beta!.standardError).toBeCloseTo(0.01204652, 7);
    expect(expectOk(fit.tenable).statistic).toBeCloseTo(34.236827, 5);
    expect(expectOk(fit.tenable).pValue).toBeLessThan(1e-12);
  });
});
