import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bootstrapSurface,
  bootstrapSurfaceAsync,
  criteria,
  deltaMethod,
  expectOk,
  heldOutCompute,
  jackknifeSurface,
  normals,
  predictSurface,
  type Run,
  random,
  ScalingError,
  surface,
  surfaceAsync,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";
import { surfaceForms } from "../src/surface/forms/index.js";
import { csv, epoch, expected, llama3, porian, type SurfaceReference } from "./data.js";

const HUBER: [string, readonly Run[], SurfaceReference][] = [
  ["Epoch, 240 rows", epoch(), expected.chinchilla_epoch.excluding_5_highest_losses.approach3_huber],
  ["Epoch, 245 rows", epoch(0), expected.chinchilla_epoch.all_245.approach3_huber],
  ["Llama 3", llama3(), expected.llama3.surface.approach3_huber],
];

describe("log-Huber", () => {
  it.each(HUBER)("%s: the reference optimum", (_, runs, want) => {
    const fit = expectOk(surface(runs));
    expect(fit.value).toBeLessThanOrEqual(want.objective! * (1 + 1e-9));
    expect(fit.parameters.alpha!.value).toBeCloseTo(want.alpha, 6);
    expect(fit.parameters.beta!.value).toBeCloseTo(want.beta, 6);
    expect(fit.parameters.E!.value).toBeCloseTo(want.E, 6);
    expect(fit.parameters.A!.value / want.A).toBeCloseTo(1, 5);
    expect(fit.status).toBe("converged");
    expect(fit.starts.reachedBest).toBeGreaterThan(fit.starts.tried / 2);
  });

  it("starts the optimiser stops short of are not quoted: the TeX and rounded published points score as published", () => {
    const runs = epoch();
    const huber = (theta: readonly number[]) =>
      runs.reduce((s, run) => {
        const r = Math.abs(Math.log(surfaceLoss({ form: "chinchilla", theta }, run) / run.loss));
        return s + (r <= 1e-3 ? 0.5 * r * r : 1e-3 * (r - 5e-4));
      }, 0);
    const at = expected.chinchilla_epoch.objective_at_published_240;
    expect(huber([6.0073404, 6.0179186, 0.5267228, 0.33917084, 0.2849083])).toBeCloseTo(at.hoffmann_tex, 9);
    expect(
      huber(surfaceFrom("chinchilla", { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }).theta),
    ).toBeCloseTo(at.hoffmann_rounded, 9);
  });
});

describe("squares by variable projection", () => {
  const sets: [string, readonly Run[], SurfaceReference][] = [
    ["Epoch, 240 rows", epoch(), expected.chinchilla_epoch.excluding_5_highest_losses.varpro_mse],
    ["Llama 3", llama3(), expected.llama3.surface.varpro_mse],
    ...Object.entries(expected.porian_owt2 as Record<string, { surface_varpro: SurfaceReference }>).map(
      ([config, v]): [string, readonly Run[], SurfaceReference] => [config, porian(config), v.surface_varpro],
    ),
  ];
  it.each(sets)("%s: the reference optimum", (_, runs, want) => {
    const fit = expectOk(surface(runs, { objective: "squares" }));
    expect(fit.value / want.rss!).toBeLessThan(1 + 1e-9);
    expect(fit.parameters.E!.value).toBeCloseTo(want.E, 6);
    expect(fit.parameters.alpha!.value).toBeCloseTo(want.alpha, 6);
    expect(fit.parameters.beta!.value).toBeCloseTo(want.beta, 6);
    expect(fit.status).toBe(want.E === 0 ? "bound" : "converged");
  });

  it("CS336 is noise-free: E, A, B, α, β to 1e-4 by every objective", () => {
    for (const objective of ["squares", "log-huber", "log-squares"] as const) {
      const { parameters: p } = expectOk(surface(csv("cs336_isoflops"), { objective }));
      expect(p.E!.value).toBeCloseTo(2.69, 6);
      expect(p.A!.value / 1606.4 - 1).toBeCloseTo(0, 4);
      expect(p.B!.value / 3210.7 - 1).toBeCloseTo(0, 4);
      expect(p.alpha!.value).toBeCloseTo(0.34, 6);
      expect(p.beta!.value).toBeCloseTo(0.36, 6);
    }
  });
});

describe("forms", () => {
  const reference = expected.extra.epoch_240_forms_log_least_squares;
  it.each([
    ["chinchilla", "chinchilla_5"],
    ["tied", "tied_exponent_4"],
    ["no-floor", "no_floor_4"],
    ["kaplan", "kaplan_4"],
  ] as const)("%s: least squares of ln L and its criteria", (form, key) => {
    const fit = expectOk(surface(epoch(), { form, objective: "log-squares" }));
    const want = reference[key];
    expect(fit.sumOfSquares / want.sse_log).toBeCloseTo(1, 9);
    fit.theta.forEach((v, j) => {
      expect(v).toBeCloseTo(want.params[j], 4);
    });
    const got = criteria(fit.sumOfSquares, fit.points, fit.theta.length);
    expect(got.logLikelihood).toBeCloseTo(want.loglik, 6);
    expect(got.aicc).toBeCloseTo(want.aicc, 6);
    expect(got.bic).toBeCloseTo(want.bic, 6);
  });

  it("without a floor the Chinchilla runs lose by ΔAIC ≈ 390", () => {
    expect(reference.no_floor_4.aic - reference.chinchilla_5.aic).toBeGreaterThan(385);
  });

  it.each(Object.values(surfaceForms))(
    "$name: analytic gradient equals differences, and moving the origin changes nothing",
    (form) => {
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 5, maxLength: 5 }),
          fc.double({ min: -3, max: 3, noNaN: true }),
          fc.double({ min: -3, max: 3, noNaN: true }),
          (raw, x, y) => {
            const theta = raw.slice(0, form.theta.length);
            const g = new Float64Array(theta.length);
            const scratch = new Float64Array(theta.length);
            const value = form.logLoss(theta, x, y, g);
            theta.forEach((v, j) => {
              const at = (h: number) => form.logLoss(theta.with(j, v + h), x, y, scratch);
              expect(g[j]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 5);
            });
            const moved = form.recentre(theta, 1.3, -0.7);
            expect(form.logLoss(moved, x - 1.3, y + 0.7, scratch)).toBeCloseTo(value, 10);
            const back = form.fromNatural(form.natural(theta));
            expect(form.logLoss(back, x, y, scratch)).toBeCloseTo(value, 9);
          },
        ),
      );
    },
  );
});

describe("uncertainty of a surface", () => {
  const runs = epoch();
  const fit = expectOk(surface(runs));

  it("1,000 bootstrap refits: ends within 25 % of the reference width", () => {
    const result = expectOk(bootstrapSurface(fit, runs, { seed: 1 }));
    const reference = expected.chinchilla_epoch.excluding_5_highest_losses.bootstrap95_huber;
    expect(result.failed).toBe(0);
    for (const name of ["A", "B", "E", "alpha", "beta"]) {
      const { lo95, hi95 } = reference[name];
      const got = result.parameters[name]!;
      expect(Math.abs(got.ci95[0] - lo95)).toBeLessThan(0.25 * (hi95 - lo95));
      expect(Math.abs(got.ci95[1] - hi95)).toBeLessThan(0.25 * (hi95 - lo95));
    }
  });

  it("the jackknife equals the reference", () => {
    const errors = jackknifeSurface(fit, runs);
    const want = expected.extra.epoch_240_jackknife_se;
    for (const name of ["A", "B", "E", "alpha", "beta"]) expect(errors[name]! / want[name]).toBeCloseTo(1, 4);
  });

  it("asynchronous fits and bootstraps give the same numbers, report progress and can be aborted", async () => {
    const seen: number[] = [];
    const again = expectOk(await surfaceAsync(runs, { onProgress: (done) => seen.push(done) }));
    expect(again).toEqual(fit);
    expect(seen).toEqual([1]);
    const options = { seed: 4, resamples: 60 };
    const a = expectOk(bootstrapSurface(fit, runs, options));
    const b = expectOk(await bootstrapSurfaceAsync(fit, runs, options));
    expect(b.surfaces).toEqual(a.surfaces);
    const controller = new AbortController();
    const stopped = bootstrapSurfaceAsync(fit, runs, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    await expect(surfaceAsync(runs, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(ScalingError);
  });

  it("least-squares standard errors are those of repeated experiments, and bands cover", () => {
    const truth = surfaceFrom("chinchilla", { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 });
    const normal = normals(random(8));
    const grid = [1e8, 3e8, 1e9, 3e9, 1e10].flatMap((N) =>
      [3e9, 1e10, 3e10, 1e11, 3e11].map((D) => ({ N, D, C: 6 * N * D })),
    );
    const far = { N: 5e10, D: 1e12 };
    const target = surfaceLoss(truth, far);
    const alphas: number[] = [];
    const errors: number[] = [];
    let covered = 0;
    let held = 0;
    const worlds = 120;
    for (let i = 0; i < worlds; i++) {
      const sample = grid.map((p) => ({ ...p, loss: surfaceLoss(truth, p) * Math.exp(0.005 * normal()) }));
      const one = expectOk(surface(sample, { objective: "log-squares" }));
      alphas.push(one.parameters.alpha!.value);
      errors.push(one.parameters.alpha!.standardError);
      const prediction = predictSurface(one, far);
      if (prediction.ci95[0] <= target && target <= prediction.ci95[1]) covered++;
      const measured = target * Math.exp(0.005 * normal());
      if (prediction.interval95[0] <= measured && measured <= prediction.interval95[1]) held++;
    }
    const mean = alphas.reduce((s, v) => s + v, 0) / worlds;
    const spread = Math.sqrt(alphas.reduce((s, v) => s + (v - mean) ** 2, 0) / (worlds - 1));
    const claimed = errors.reduce((s, v) => s + v, 0) / worlds;
    expect(claimed / spread).toBeGreaterThan(0.8);
    expect(claimed / spread).toBeLessThan(1.25);
    expect(covered / worlds).toBeGreaterThan(0.88);
    expect(held / worlds).toBeGreaterThan(0.88);
  });

  it("the delta method agrees with the covariance for a parameter itself", () => {
    const got = deltaMethod(fit, (s) => s.theta[3]!);
    expect(got.standardError).toBeCloseTo(fit.parameters.alpha!.standardError, 8);
  });

  it("seed-noise and stratified bootstraps answer, and BCa ends are draws of the same sample", () => {
    const llama = llama3();
    const one = expectOk(surface(llama));
    const noise = expectOk(bootstrapSurface(one, llama, { resamples: 60, noise: () => 0.002 }));
    const strata = expectOk(bootstrapSurface(one, llama, { resamples: 60, strata: "budget", interval: "bca" }));
    expect(noise.parameters.alpha!.standardError).toBeGreaterThan(0);
    expect(strata.parameters.alpha!.method).toBe("bca");
    expect(strata.parameters.alpha!.ci95[0]).toBeLessThan(strata.parameters.alpha!.ci95[1]);
  });
});

describe("held-out compute", () => {
  it("equals the reference on Llama 3", () => {
    const rows = heldOutCompute(llama3(), { drops: [1, 3], surface: { objective: "squares" } });
    expected.extra.held_out_compute.llama3.forEach((want: Record<string, number>, i: number) => {
      const got = rows[i]!;
      expect(got.measured!.loss).toBeCloseTo(want.L_star_measured!, 10);
      expect(got.N! / want.N_star_predicted!).toBeCloseTo(1, 9);
      expect(got.powerLaw).toBeCloseTo(want.L_star_powerlaw!, 10);
      expect(got.saturating).toBeCloseTo(want.L_star_saturating!, 6);
      expect(got.surface!.rmse).toBeCloseTo(want.surface_rmse_on_held_out_runs!, 6);
      expect(got.surface!.bias).toBeCloseTo(want.surface_bias!, 6);
    });
  });
});

describe("refusals and errors of surface fits", () => {
  it("too few runs, too few sizes", () => {
    const few = surface(epoch().slice(0, 5));
    expect(few).toMatchObject({ ok: false, reason: "too-few-points" });
    const oneSize = epoch().map((run) => ({ ...run, N: 1e9 }));
    expect(surface(oneSize)).toMatchObject({ ok: false, reason: "unidentified" });
  });

  it("a floor the runs do not show is a bound, not a number to quote", () => {
    const truth = surfaceFrom("no-floor", { A: 300, B: 900, alpha: 0.3, beta: 0.3 });
    const runs = [1e6, 3e6, 1e7, 3e7].flatMap((N) =>
      [1e8, 3e8, 1e9].map((D) => ({ N, D, C: 6 * N * D, loss: surfaceLoss(truth, { N, D }) })),
    );
    expect(expectOk(surface(runs, { objective: "squares" })).status).not.toBe("converged");
  });

  it("names a bad option", () => {
    expect(() => surface(epoch(), { delta: 0 })).toThrow(/delta is 0/);
    expect(() => surface(epoch(), { form: "tied", objective: "squares" })).toThrow(/chinchilla/);
    expect(() => surface(epoch(), { form: "tied", starts: "hoffmann" })).toThrow(/auto/);
    expect(() => surface(epoch(), { starts: [] })).toThrow(/starts is empty/);
    expect(() => surfaceFrom("chinchilla", { E: 1, A: 2, B: 3, alpha: 0.3 })).toThrow(/beta/);
  });
});
