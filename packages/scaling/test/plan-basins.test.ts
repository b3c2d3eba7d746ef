import { describe, expect, it } from "vitest";
import {
  basins,
  expectOk,
  normals,
  optimalAllocation,
  planNext,
  type Run,
  random,
  readPlan,
  type Surface,
  standing,
  surface,
  surfaceForms,
  surfaceFrom,
  surfaceLoss,
  writeRecord,
} from "../src/index.js";
import { Belief, type Candidate, type Component } from "../src/plan/belief.js";
import { afterRuns } from "../src/plan/design.js";
import { logSurfaceLoss } from "../src/surface/surface.js";
import { statisticGradient } from "../src/surface/uncertainty.js";

const withFloor = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });

const study = (
  truth: Surface,
  noise: number,
  seed: number,
  steps: readonly number[],
  budgets: readonly number[],
): Run[] => {
  const normal = normals(random(seed));
  return budgets.flatMap((C) => {
    const best = expectOk(optimalAllocation(truth, C));
    return steps.map((x) => {
      const [N, D] = [best.N * Math.exp(x), best.D * Math.exp(-x)];
      return { C, N, D, loss: surfaceLoss(truth, { N, D }) * Math.exp(noise * normal()) };
    });
  });
};

/** Eight runs through which two laws without a floor go about equally well. */
const few = study(withFloor, 0.02, 34, [-2, -0.7, 0.2, 0.9], [1e18, 1e19]);

describe("basins", () => {
  it("are the local optima of a form, each a fit of its own with the starts that led there", () => {
    const { basins: two, leftOut } = expectOk(basins(few, { forms: ["no-floor"] }));
    expect(two).toHaveLength(2);
    expect(leftOut).toEqual([]);
    for (const { fit } of two) {
      expect(fit.form).toBe("no-floor");
      expect(fit.objective.gradientNorm).toBeLessThan(1e-6);
      // Descending from it ends where it began.
      const params = Object.fromEntries(Object.entries(fit.parameters).map(([name, { value }]) => [name, value]));
      const again = expectOk(surface(few, { form: "no-floor", objective: "log-squares", starts: [params] }));
      expect(again.objective.value / fit.objective.value).toBeCloseTo(1, 9);
      expect(fit.starts.reachedBest).toBeGreaterThan(0);
    }
    expect(two[0]!.fit.starts.reachedBest + two[1]!.fit.starts.reachedBest).toBe(two[0]!.fit.starts.tried);
    // They say the same of the data and not of the extrapolation.
    const [a, b] = two.map(({ fit }) => expectOk(optimalAllocation(fit, 1e22)).loss) as [number, number];
    expect(Math.abs(a - b)).toBeGreaterThan(0.1);
    // The best of them is the fit itself.
    const fit = expectOk(surface(few, { form: "no-floor", objective: "log-squares" }));
    expect(two[0]!.fit.theta.map((v, j) => Math.abs(v - fit.theta[j]!) < 1e-4)).not.toContain(false);
  });

  it("weigh exp(−BIC / 2T), and those far below the best are none", () => {
    const runs = study(withFloor, 0.02, 3, [-1.4, -0.7, 0, 0.7, 1.4], [1e18, 1e19]);
    for (const temperature of [1, 3]) {
      const { basins: found } = expectOk(
        basins(runs, { forms: ["chinchilla", "no-floor", "kaplan", "tied"], temperature }),
      );
      expect(found.length).toBeGreaterThan(1);
      const raw = found.map(({ fit }) => {
        // n ln(RSS / n) + p ln n, as the paper writes it; what is common to all cancels.
        const n = runs.length;
        return Math.exp(-(n * Math.log(fit.sumOfSquares / n) + fit.theta.length * Math.log(n)) / (2 * temperature));
      });
      const sum = raw.reduce((s, v) => s + v, 0);
      found.forEach(({ weight }, i) => {
        expect(weight).toBeCloseTo(raw[i]! / sum, 10);
      });
      expect(found.map(({ weight }) => weight)).toEqual(found.map(({ weight }) => weight).sort((a, b) => b - a));
    }
    const all = expectOk(basins(runs, { forms: ["chinchilla", "no-floor", "kaplan", "tied"] })).basins;
    const near = expectOk(basins(runs, { forms: ["chinchilla", "no-floor", "kaplan", "tied"], within: 1e-6 })).basins;
    expect(near).toEqual([{ fit: all[0]!.fit, weight: 1 }]);
  });

  it("leave out a form that these runs cannot carry, and say why; refuse where none is left", () => {
    const exact = study(
      surfaceFrom("no-floor", { A: 20, B: 30, alpha: 0.12, beta: 0.14 }),
      1e-4,
      1,
      [-1, 0, 1],
      [1e18, 1e19, 1e20],
    );
    const { basins: found, leftOut } = expectOk(basins(exact, { forms: ["chinchilla", "no-floor"] }));
    expect(found.map(({ fit }) => fit.form)).toContain("no-floor");
    for (const { form, message } of leftOut) expect([form, message]).toEqual(["chinchilla", expect.any(String)]);
    expect(basins(few.slice(0, 4))).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^chinchilla: 4 runs for 5/),
    });
    expect(() => basins(few, { forms: [] })).toThrow("forms is empty");
    expect(() => basins(few, { within: 0 })).toThrow("within is 0");
    expect(() => basins(few, { temperature: -1 })).toThrow("temperature is -1");
    surfaceForms.add({
      ...surfaceForms.get("chinchilla"),
      name: "of-unique",
      inputs: [{ name: "U", word: "unique", meaning: "unique tokens" }],
    });
    expect(expectOk(basins(few, { forms: ["no-floor", "of-unique"] })).leftOut).toEqual([
      { form: "of-unique", message: "it depends on unique tokens, of which a plan says nothing" },
    ]);
    expect(() => basins(few, { forms: ["foo"] })).toThrow('form is "foo"');
  });
});

const component = (weight: number, value: number, gradient: number[], covariance: number[][]): Component => ({
  ...{ weight, value, gradient, covariance },
});
const two = [
  component(
    0.6,
    0.3,
    [1, -0.4],
    [
      [0.04, 0.01],
      [0.01, 0.02],
    ],
  ),
  component(0.4, 0.55, [0.7], [[0.03]]),
];
const run = (a: number, b: number, ga: number[], gb: number[], seeds = 1): Candidate => ({
  ...{
    cost: 1,
    seeds,
    seen: [
      { value: a, gradient: ga },
      { value: b, gradient: gb },
    ],
  },
});
const noise = 0.01;
const believed = (components: readonly Component[], worlds: number) =>
  Belief.of({ components, noise, worlds, slots: 8, seed: 3 });

describe("what is believed", () => {
  it("is the mixture's variance, within and between", () => {
    const { within, between } = believed(two, 10).spread;
    const inside = [0.04 - 0.4 * 0.01 * 2 + 0.16 * 0.02, 0.49 * 0.03];
    expect(within ** 2).toBeCloseTo(0.6 * inside[0]! + 0.4 * inside[1]!, 12);
    expect(between ** 2).toBeCloseTo(0.24 * 0.25 ** 2, 12);
  });

  it("after runs of one surface is the inverse of the information, whatever their losses", () => {
    const [only] = two as [Component, Component];
    const runs = [
      [0.3, 0.9],
      [1, 0],
      [-0.2, 0.4],
    ].map((g): Candidate => ({ cost: 1, seeds: 2, seen: [{ value: 0, gradient: g }] }));
    const { within, between } = afterRuns(believed([{ ...only, weight: 1 }], 0), runs).spread;
    // Σ⁻¹ + Σ g gᵀ · seeds / σ², by hand for two parameters.
    const det = 0.04 * 0.02 - 0.01 ** 2;
    let [aa, ab, bb] = [0.02 / det, -0.01 / det, 0.04 / det];
    for (const { seen } of runs) {
      const [x, y] = seen[0]!.gradient as [number, number];
      [aa, ab, bb] = [aa + (2 * x * x) / noise, ab + (2 * x * y) / noise, bb + (2 * y * y) / noise];
    }
    const d = aa * bb - ab * ab;
    expect(within ** 2).toBeCloseTo((bb - 2 * 0.4 * -ab + 0.16 * aa) / d, 12);
    expect(between).toBe(0);
  });

  /** E V⁺ of arXiv 2604.22753, eq. of section D.5: the integral over the loss of one run. */
  const byQuadrature = ({ seen, seeds }: Candidate): number => {
    const parts = two.map(({ covariance, gradient, weight, value }, k) => {
      const g = seen[k]!.gradient;
      const along = covariance.map((row) => row.reduce((s, v, j) => s + v * g[j]!, 0));
      const variance = noise / seeds + along.reduce((s, v, j) => s + v * g[j]!, 0);
      const gain = along.reduce((s, v, j) => s + v * gradient[j]!, 0) / variance;
      return { weight, value, mean: seen[k]!.value, variance, gain };
    });
    let sum = 0;
    const [low, high, steps] = [-4, 5, 40_000];
    for (let i = 0; i < steps; i++) {
      const y = low + ((high - low) * (i + 0.5)) / steps;
      const [p, q] = parts.map(
        ({ weight, mean, variance }) =>
          (weight * Math.exp(-((y - mean) ** 2) / (2 * variance))) / Math.sqrt(2 * Math.PI * variance),
      ) as [number, number];
      const [f, h] = parts.map(({ value, gain, mean }) => value + gain * (y - mean)) as [number, number];
      if (p + q > 0) sum += (((p * q) / (p + q)) * (f - h) ** 2 * (high - low)) / steps;
    }
    return sum;
  };

  it.each([
    ["the same of both", run(0.5, 0.5, [0.4, 0.1], [0.3])],
    ["unlike", run(0.5, 0.9, [0.4, 0.1], [0.3])],
    ["without any bearing on θ", run(0.2, 0.35, [0, 0], [0])],
    ["of five seeds", run(0.2, 0.35, [0.2, 0.9], [1], 5)],
  ])("of a run expected %s is the paper's integral over its loss", (_, candidate) => {
    const belief = believed(two, 40_000);
    const { between } = belief.after(candidate, 0).spread;
    expect(between ** 2 / byQuadrature(candidate)).toBeGreaterThan(0.97);
    expect(between ** 2 / byQuadrature(candidate)).toBeLessThan(1.03);
    // Asking is answered as doing.
    expect(belief.varianceWith(candidate, 0)).toBeCloseTo(belief.after(candidate, 0).variance, 12);
  });

  it("has nothing left between surfaces that a run tells apart beyond doubt", () => {
    const { within, between } = believed(two, 200).after(run(0, 50, [0, 0], [0]), 0).spread;
    expect(between).toBeLessThan(1e-9);
    expect(within).toBeCloseTo(believed(two, 0).spread.within, 12);
  });

  it("expects less variance after every run more", () => {
    const runs = [run(0.5, 0.6, [0.4, 0.1], [0.3]), run(0.1, 0, [0.4, -1], [0.8]), run(0.3, 0.3, [0, 1], [-1])];
    let last = believed(two, 4000);
    for (const [slot, one] of runs.entries()) {
      const next = last.after(one, slot);
      expect(next.variance).toBeLessThan(last.variance);
      last = next;
    }
  });
});

describe("a plan against several surfaces", () => {
  const target = { C: 1e22, quantity: "loss" } as const;
  const options = { target, allowance: 3e20, maximumRuns: 12 };
  const { basins: found } = expectOk(basins(few, { forms: ["no-floor"] }));
  const plan = expectOk(planNext(found, options));

  it("says how far each is sure and how far they disagree, before and after", () => {
    const { spread, standardError, basins: said, interval } = plan;
    for (const when of ["now", "planned", "evenGrid"] as const) {
      const { within, between } = spread[when];
      expect(Math.hypot(within, between)).toBeCloseTo(standardError[when], 12);
    }
    const values = said.map(({ value }) => Math.log(value));
    const mean = said.reduce((s, { weight }, k) => s + weight * values[k]!, 0);
    const between = said.reduce((s, { weight }, k) => s + weight * (values[k]! - mean) ** 2, 0);
    expect(spread.now.between ** 2).toBeCloseTo(between, 12);
    const within = said.reduce((s, { weight, standardError: { now } }) => s + weight * now ** 2, 0);
    expect(spread.now.within ** 2).toBeCloseTo(within, 12);
    const known = expectOk(standing(found, target));
    expect(known.spread.within).toBeCloseTo(spread.now.within, 10);
    expect(known.spread.between).toBeCloseTo(spread.now.between, 10);
    expect(known.interval[0]).toBeCloseTo(interval.now[0], 10);
    expect(known.width).toBeCloseTo(
      (interval.now[1] - interval.now[0]) / Math.sqrt(interval.now[0] * interval.now[1]),
      10,
    );
    expect(spread.planned.between).toBeLessThan(spread.now.between);
    expect(Math.log(interval.planned[1] / interval.planned[0])).toBeLessThan(
      Math.log(interval.now[1] / interval.now[0]),
    );
    expect(plan.surface).toEqual(found[0]!.fit);
  });

  it("is worth more against both than one that trusts the best of them, and than the even grid", () => {
    const lossAt = (of: Surface) => Math.log(expectOk(optimalAllocation(of, target.C)).loss);
    const components = found.map(
      ({ fit, weight }): Component => ({
        ...{ weight, value: lossAt(fit), gradient: statisticGradient(fit, lossAt), covariance: fit.covariance! },
      }),
    );
    const deviation = found[0]!.fit.residualStandardDeviation;
    const belief = Belief.of({ components, noise: deviation ** 2, worlds: 3000, slots: 12, seed: 77 });
    const errorAfter = (runs: typeof plan.runs) => {
      const candidates = runs.flatMap((one) => {
        const seen = found.map(({ fit }) => {
          const gradient = new Float64Array(fit.theta.length);
          return { value: logSurfaceLoss(fit, one, gradient), gradient: [...gradient] };
        });
        return Array.from({ length: one.count }, (): Candidate => ({ cost: one.cost, seeds: 1, seen }));
      });
      return Math.sqrt(afterRuns(belief, candidates).variance);
    };
    const trusting = expectOk(planNext(found[0]!.fit, options));
    expect(trusting.spread.now.between).toBe(0);
    expect(errorAfter(plan.runs)).toBeLessThan(errorAfter(trusting.runs));
    expect(errorAfter(plan.runs)).toBeLessThan(errorAfter(plan.evenGrid));
    expect(errorAfter(plan.runs) / plan.standardError.planned).toBeCloseTo(1, 1);
  });

  it("survives JSON, and is the same each time", () => {
    expect(readPlan(writeRecord(plan))).toEqual(plan);
    expect(planNext(found, options)).toEqual(plan);
  });

  it("of which one has no optimum at the target is made with the others; one covariance for all is none", () => {
    const { form, theta, ...rest } = found[1]!.fit;
    const flat = { ...rest, form, theta: theta.with(2, -theta[2]!) };
    const without = expectOk(planNext([found[0]!, { fit: flat, weight: 0.1 }], options));
    expect(without.basins.map(({ weight }) => weight)).toEqual([1]);
    expect(planNext([{ fit: flat, weight: 1 }], options)).toMatchObject({ ok: false, reason: "unidentified" });
    expect(() => planNext(found, { ...options, covariance: found[0]!.fit.covariance! })).toThrow(/covariance is given/);
    expect(() => planNext([], options)).toThrow(/basins is empty/);
  });
});

describe("studies whose law is not the one that is expected", () => {
  const kaplan = surfaceFrom("kaplan", { Nc: 8.8e13, Dc: 5.4e13, alphaN: 0.076, alphaD: 0.095 });
  const target = { C: 1e22, quantity: "loss" } as const;
  const exact = Math.log(expectOk(optimalAllocation(kaplan, target.C)).loss);

  it("are told by runs planned against several forms, and not by those of one that is wrong", () => {
    const normal = normals(random(21));
    const errorsWith = (forms: readonly string[]) =>
      Array.from({ length: 12 }, (_, i) => {
        const first = study(kaplan, 0.004, 100 + i, [-1.4, -0.7, 0, 0.7, 1.4], [1e18, 3e18]);
        const before = expectOk(basins(first, { forms })).basins;
        const plan = expectOk(planNext(before, { target, allowance: 3e20, maximumRuns: 20 }));
        const more = plan.runs.flatMap(({ C, N, D, count }) =>
          Array.from(
            { length: count },
            (): Run => ({ C, N, D, loss: surfaceLoss(kaplan, { N, D }) * Math.exp(0.004 * normal()) }),
          ),
        );
        const after = expectOk(standing(expectOk(basins([...first, ...more], { forms })).basins, target));
        const [low, high] = after.interval.map(Math.log) as [number, number];
        return { error: Math.abs((low + high) / 2 - exact), inside: low <= exact && exact <= high, plan };
      });
    const several = errorsWith(["chinchilla", "no-floor", "kaplan"]);
    const one = errorsWith(["chinchilla"]);
    const mean = (of: typeof several) => of.reduce((sum, { error }) => sum + error, 0) / of.length;
    expect(mean(several)).toBeLessThan(mean(one) / 10);
    expect(several.filter(({ inside }) => inside).length).toBeGreaterThanOrEqual(10);
    expect(one.filter(({ inside }) => inside)).toHaveLength(0);
    const between = (when: "now" | "planned") => several.reduce((sum, { plan }) => sum + plan.spread[when].between, 0);
    expect(between("planned")).toBeLessThan(between("now") / 3);
  });
});
