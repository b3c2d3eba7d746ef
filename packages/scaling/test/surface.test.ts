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
  type Run,
  random,
  ScalingError,
  sigmaWeight,
  surface,
  surfaceAsync,
  surfaceBand,
  surfaceFrom,
  surfaceLoss,
} from "../src/index.js";
import { csv, epoch, expected, llama3, porian, type SurfaceReference } from "./data.js";

const HUBER: [string, readonly Run[], SurfaceReference][] = [
  ["Epoch, 240 rows", epoch(), expected.chinchilla_epoch.excluding_5_highest_losses.approach3_huber],
  ["Epoch, 245 rows", epoch(0), expected.chinchilla_epoch.all_245.approach3_huber],
  ["Llama 3", llama3(), expected.llama3.surface.approach3_huber],
];

describe("log-Huber", () => {
  it.each(HUBER)("%s: the reference optimum", (_, runs, want) => {
    const fit = expectOk(surface(runs, { objective: "log-huber" }));
    expect(fit.objective.value).toBeLessThanOrEqual(want.objective! * (1 + 1e-9));
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
    expect(fit.objective.value / want.rss!).toBeLessThan(1 + 1e-9);
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
});

describe("squares of the loss, whatever the form", () => {
  /** Sum of squares and parameters of scipy 1.17: BFGS then Nelder–Mead from 60 random starts in θ, the best of them. */
  const references = [
    ["Epoch, 240 rows", epoch(), "tied", 0.0912901219833217, { E: 1.894024067, alpha: 0.396923842 }],
    ["Epoch, 240 rows", epoch(), "no-floor", 0.4044527029391686, { alpha: 0.063427767, beta: 0.409988722 }],
    ["Epoch, 240 rows", epoch(), "kaplan", 0.46148456394397863, { alphaN: 0.096939727, alphaD: 0.118720351 }],
    ["Llama 3", llama3(), "tied", 0.0020203064223091706, { E: 0.604775134, alpha: 0.311946052 }],
    ["Llama 3", llama3(), "no-floor", 0.00834595582346608, { alpha: 0.045135594, beta: 0.302255327 }],
    ["Llama 3", llama3(), "kaplan", 0.010706693200957035, { alphaN: 0.070722936, alphaD: 0.078032011 }],
  ] as const;

  it.each(references)("%s, %s: %s", (_, runs, form, value, parameters) => {
    const fit = expectOk(surface(runs, { form, objective: "squares" }));
    expect(fit.status).toBe("converged");
    expect(fit.objective.value / value).toBeCloseTo(1, 10);
    for (const [name, want] of Object.entries(parameters)) expect(fit.parameters[name]!.value).toBeCloseTo(want, 6);
  });

  it("own starting points are used", () => {
    const fit = expectOk(
      surface(epoch(), { objective: "squares", starts: [{ E: 1, A: 1, B: 1, alpha: 0.2, beta: 0.9 }] }),
    );
    expect(fit.starts).toEqual({ tried: 1, reachedBest: 1 });
    expect(fit.parameters.alpha!.value).toBeCloseTo(
      expectOk(surface(epoch(), { objective: "squares" })).parameters.alpha!.value,
      7,
    );
  });
});

describe("the search", () => {
  /** Studies of any scale of loss, size and exponent, some with a heavy tail, so that valleys are many. */
  const worlds = Array.from({ length: 12 }, (_, world) => {
    const uniform = random(21, world);
    const normal = normals(uniform);
    const [N0, D0] = [10 ** (4 + 4 * uniform()), 10 ** (6 + 4 * uniform())];
    const E = [0, 0.3, 1.7][world % 3]!;
    const truth = { E, alpha: 0.1 + 0.7 * uniform(), beta: 0.1 + 0.7 * uniform(), a: uniform(), b: uniform() };
    const noise = [1e-3, 5e-3, 2e-2][world % 3]!;
    return Array.from({ length: 12 * (1 + (world % 4)) }, (): Run => {
      const [x, y] = [5 * uniform(), 5 * uniform()];
      const tail = world % 2 ? normal() / Math.abs(normal()) : normal();
      const loss = truth.E + truth.a * Math.exp(-truth.alpha * x) + truth.b * Math.exp(-truth.beta * y);
      const [N, D] = [N0 * Math.exp(x), D0 * Math.exp(y)];
      return { N, D, C: 6 * N * D, loss: loss * Math.exp(Math.max(-0.3, Math.min(0.3, noise * tail))) };
    });
  });

  it.each(["log-huber", "log-squares", "squares"] as const)(
    "%s: forty random starts find nothing lower",
    (objective) => {
      worlds.forEach((runs, world) => {
        const uniform = random(22, world);
        const [N, D] = [1, 2].map(
          (k) => runs.reduce((m, run) => m + Math.log(k === 1 ? run.N : run.D), 0) / runs.length,
        );
        const level = runs.reduce((s, run) => s + run.loss, 0) / runs.length;
        const anywhere = Array.from({ length: 40 }, () => {
          const [alpha, beta] = [10 ** (1.5 * uniform() - 1.2), 10 ** (1.5 * uniform() - 1.2)];
          const [E, share] = [level * uniform(), uniform()];
          const A = Math.exp(Math.log((level - E) * share) + alpha * N!);
          return { E, A, B: Math.exp(Math.log((level - E) * (1 - share)) + beta * D!), alpha, beta };
        });
        for (const form of ["chinchilla", "no-floor"] as const) {
          const found = expectOk(surface(runs, { form, objective })).objective.value;
          expect(found).toBeLessThanOrEqual(
            expectOk(surface(runs, { form, objective, starts: anywhere })).objective.value * 1.000001,
          );
        }
      });
    },
  );

  it("of many runs compares starts on a sample and ends on all of them", () => {
    const truth = { E: 1.8, A: 480, B: 2100, alpha: 0.35, beta: 0.37 };
    const normal = normals(random(5));
    const runs = Array.from({ length: 9000 }, (_, i): Run => {
      const [N, D] = [1e8 * 100 ** ((i % 90) / 90), 1e9 * 100 ** (Math.floor(i / 90) / 100)];
      const loss = surfaceLoss(surfaceFrom("chinchilla", truth), { N, D }) * Math.exp(0.01 * normal());
      return { N, D, C: 6 * N * D, loss };
    });
    for (const objective of ["log-huber", "squares"] as const) {
      const fit = expectOk(surface(runs, { objective }));
      expect(fit.points).toBe(9000);
      const known = expectOk(surface(runs, { objective, starts: [truth] }));
      expect(fit.objective.value / known.objective.value).toBeCloseTo(1, 9);
      expect(Math.abs(fit.parameters.alpha!.value - 0.35)).toBeLessThan(4 * fit.parameters.alpha!.standardError);
    }
  });
});

describe("uncertainty of a surface", () => {
  const runs = epoch();
  const fit = expectOk(surface(runs, { objective: "log-huber" }));

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
    const again = expectOk(await surfaceAsync(runs, { objective: "log-huber", onProgress: (done) => seen.push(done) }));
    expect(again).toEqual(fit);
    expect(seen).toEqual([1]);
    const options = { seed: 4, resamples: 60 };
    const a = expectOk(bootstrapSurface(fit, runs, options));
    const b = expectOk(await bootstrapSurfaceAsync(fit, runs, options));
    expect(b).toEqual(a);
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
      const prediction = surfaceBand(one, far);
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
      expect(got.laws.power).toBeCloseTo(want.L_star_powerlaw!, 10);
      expect(got.laws.saturating).toBeCloseTo(want.L_star_saturating!, 6);
      expect(got.surface!.rmse).toBeCloseTo(want.surface_rmse_on_held_out_runs!, 6);
      expect(got.surface!.bias).toBeCloseTo(want.surface_bias!, 6);
    });
  });
});

describe("weights by the runs' own errors", () => {
  const truth = surfaceFrom("chinchilla", { E: 1.7, A: 400, B: 900, alpha: 0.34, beta: 0.3 });
  const normal = normals(random(5));
  // Every other run is ten times as noisy.
  const noisy = Array.from({ length: 60 }, (_, i): Run => {
    const [N, D] = [1e7 * 10 ** ((i % 6) / 2.5), 1e9 * 10 ** (Math.floor(i / 6) / 4)];
    const loss = surfaceLoss(truth, { N, D });
    const sigma = (i % 2 ? 0.02 : 0.002) * loss;
    return { C: 6 * N * D, N, D, loss: loss + sigma * normal(), sigma };
  });

  it("give a sharper fit than none, that still holds the truth", () => {
    const [alike, weighed] = [undefined, sigmaWeight(noisy)].map((weight) => expectOk(surface(noisy, { weight })));
    const error = (fit: typeof alike) => fit!.parameters.alpha!.standardError;
    expect(error(weighed)).toBeLessThan(0.5 * error(alike));
    expect(Math.abs(weighed!.parameters.alpha!.value - 0.34)).toBeLessThan(4 * error(weighed));
    const [resampled] = [expectOk(bootstrapSurface(weighed!, noisy, { resamples: 100, weight: sigmaWeight(noisy) }))];
    expect(resampled!.parameters.alpha!.standardError / error(weighed)).toBeGreaterThan(0.5);
    expect(resampled!.parameters.alpha!.standardError / error(weighed)).toBeLessThan(2);
  });

  it("name the run that has none", () => {
    expect(() => sigmaWeight([noisy[0]!, { ...noisy[1]!, sigma: 0 }])).toThrow(
      "row 2: sigma is 0; expected a standard error",
    );
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

  it("of losses that are all one the parameters have no intervals, and neither has the floor", () => {
    const runs = [1e7, 2e7, 4e7].flatMap((N) => [1e9, 2e9, 4e9].map((D) => ({ N, D, C: 6 * N * D, loss: 3 })));
    const fit = expectOk(surface(runs));
    expect(fit.status).not.toBe("converged");
    for (const { standardError, ci95 } of Object.values(fit.parameters))
      expect([standardError, ...ci95]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it("names a bad option", () => {
    expect(() => surface(epoch(), { width: 0 })).toThrow(/width is 0/);
    expect(() => surface(epoch(), { form: "tied", starts: "hoffmann" })).toThrow(/auto/);
    expect(() => surface(epoch(), { starts: [] })).toThrow(/starts is empty/);
    expect(() => surface(epoch(), { starts: "hofmann" })).toThrow(/"auto", "hoffmann"/);
    expect(() => surface(epoch(), { form: "chinchila" })).toThrow(/expected one of chinchilla, tied, no-floor, kaplan/);
    expect(() => surface(epoch(), { flopsPerToken: 0 })).toThrow(/flopsPerToken is 0/);
    expect(() => surfaceFrom("chinchilla", { E: 1, A: 2, B: 3, alpha: 0.3 })).toThrow(/beta/);
  });
});
