import { describe, expect, it } from "vitest";
import { study } from "../bench/cells.js";
import {
  bootstrapSurface,
  deltaMethod,
  expectOk,
  jackknifeSurface,
  parseRuns,
  readSurfaceFit,
  surface,
  surfaceProfile,
  writeRecord,
} from "../src/index.js";
import { read } from "./data.js";

/** Twenty runs of a ladder of models, whose log-Huber fit has no floor and whose resamples have floors up to 2.3. */
const { runs } = parseRuns(read("ladder_20.csv"));

describe("a floor at its bound", () => {
  const fit = expectOk(surface(runs, { objective: "log-huber" }));

  it("is exactly 0, and says that the other intervals are conditional", () => {
    expect(fit.status).toBe("bound");
    expect(fit.parameters.E!.value).toBe(0);
    expect(fit.parameters.E!.standardError).toBeNaN();
    expect(fit.message).toMatch(/E has gone to 0.*the others hold for E = 0/);
    expect(readSurfaceFit(writeRecord(fit))).toEqual(fit);
  });

  it("is left by resamples that show one: intervals of scipy from 64 starts each", () => {
    const result = expectOk(bootstrapSurface(fit, runs, { resamples: 400 }));
    expect(result.failed).toBe(0);
    const near = (name: string, low: number, high: number, of = result.parameters) => {
      expect(of[name]!.ci95[0], name).toBeCloseTo(low, 2);
      expect(of[name]!.ci95[1], name).toBeCloseTo(high, 2);
    };
    near("E", 0, 2.34);
    near("alpha", 0.048, 0.688);
    near("beta", 0.08, 0.263);
    near("N.exponent", 0.141, 0.82, result.allocation);
  });

  it("does not hold back the jackknife", () => {
    const errors = jackknifeSurface(fit, runs);
    expect(errors.E).toBeGreaterThan(0.1);
  });

  it("is bounded from above by its profile, under least squares", () => {
    const { parameters } = expectOk(surface(runs));
    const [low, high] = parameters.E!.ci95;
    expect(low).toBe(0);
    expect(high).toBeCloseTo(2.2, 1);
  });
});

describe("a floor by an objective without a likelihood", () => {
  it("lies below the losses that were reached", () => {
    for (let seed = 0; seed < 12; seed++) {
      const { runs: some } = study({ truth: "no floor", budgets: 4, sizes: 5, noise: 0.01 }, seed);
      const { E } = expectOk(surface(some, { objective: "log-huber" })).parameters;
      const lowest = Math.min(...some.map(({ loss }) => loss));
      expect(E!.ci95[1] > lowest, `study ${seed}: ${E!.ci95}`).toBe(false);
    }
  });
});

describe("profile intervals", () => {
  const many = Array.from({ length: 60 }, (_, seed) => seed);
  const cell = (truth: "floor" | "no floor") => ({ truth, budgets: 4, sizes: 5, noise: 0.003 }) as const;

  it("of a floor that is not there begin at 0 and end beyond it", () => {
    const ends = many.map((seed) => expectOk(surface(study(cell("no floor"), seed).runs)).parameters.E!.ci95);
    expect(ends.filter(([low]) => low === 0).length).toBeGreaterThan(0.9 * many.length);
    for (const [, high] of ends) expect(high > 0 && high < 0.5).toBe(true);
  });

  it("of a floor that is there hold it", () => {
    const held = many.filter((seed) => {
      const [low, high] = expectOk(surface(study(cell("floor"), seed).runs)).parameters.E!.ci95;
      return low <= 0.4 && 0.4 <= high;
    });
    expect(held.length).toBeGreaterThan(0.85 * many.length);
  });

  it("are those of the delta method where the likelihood is a parabola", () => {
    const { runs: precise } = study({ truth: "floor", budgets: 6, sizes: 7, noise: 1e-5 }, 3);
    const fit = expectOk(surface(precise));
    const exponent = ({ theta }: { readonly theta: readonly number[] }) => theta[4]! / (theta[3]! + theta[4]!);
    const profile = expectOk(surfaceProfile(fit, precise, exponent));
    const delta = deltaMethod(fit, exponent);
    const width = delta.ci95[1] - delta.ci95[0];
    for (const i of [0, 1]) expect(Math.abs(profile.ci95[i]! - delta.ci95[i]!)).toBeLessThan(0.01 * width);
  });

  it("need a likelihood", () => {
    const fit = expectOk(surface(runs, { objective: "log-huber" }));
    expect(() => surfaceProfile(fit, runs, ({ theta }) => theta[3]!)).toThrow(/log-squares or squares/);
  });
});

describe("clusters", () => {
  it("that are drawn together widen the bootstrap of curves whose points share an error", () => {
    const { runs: alone } = study({ truth: "floor", budgets: 6, sizes: 7, noise: 0.003 }, 1);
    const shared = alone.flatMap((run, i) => [run, { ...run, D: run.D * 1.01, label: String(i) }]);
    const fit = expectOk(surface(shared));
    const width = (cluster?: (run: { readonly N: number }) => string) => {
      const { ci95 } = expectOk(bootstrapSurface(fit, shared, { resamples: 200, cluster })).parameters.alpha!;
      return ci95[1] - ci95[0];
    };
    expect(width((run) => String(run.N))).toBeGreaterThan(1.2 * width());
  });
});
