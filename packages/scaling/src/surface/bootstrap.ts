import { ScalingError } from "../errors.js";
import {
  type BootstrapEstimate,
  type IntervalKind,
  jackknifeStandardError,
  summarise,
} from "../inference/bootstrap.js";
import { groupByBudget } from "../isoflop/group.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { surfaceData } from "./data.js";
import type { Descent } from "./descent.js";
import type { SurfaceFit } from "./describe.js";
import { type LongFitOptions, runAll } from "./executor.js";
import { surfaceForms } from "./forms/index.js";
import type { Surface } from "./surface.js";
import { type RefitTask, refit, runSurfaceTask } from "./task.js";

export interface SurfaceBootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number;
  readonly seed?: number;
  readonly interval?: IntervalKind;
  /** Draw runs from all of them, or within each budget. Default `none`. */
  readonly strata?: "none" | "budget";
  /** Standard deviation of a run's loss: then losses are perturbed instead of runs drawn again (seed-noise bootstrap). */
  readonly noise?: (run: Run) => number;
  /** The weight the fit was made with. */
  readonly weight?: (run: Run) => number;
  /** More numbers to bootstrap, each a function of the surface. */
  readonly statistics?: Readonly<Record<string, (surface: Surface) => number>>;
}

export interface SurfaceBootstrap {
  readonly parameters: Readonly<Record<string, BootstrapEstimate>>;
  readonly statistics: Readonly<Record<string, BootstrapEstimate>>;
  /** Every refitted surface: a sample from the fit's uncertainty, for bands, comparisons and planning. */
  readonly surfaces: readonly Surface[];
  readonly resamples: number;
  /** Refits that did not converge, which are left out. */
  readonly failed: number;
}

const REFITS_PER_TASK = 25;
const LARGEST_FAILED_SHARE = 0.2;

/** Refits on resampled runs, beginning at the fit of the whole. */
export const bootstrapSurface = (
  fit: SurfaceFit,
  runs: readonly Run[],
  options: SurfaceBootstrapOptions = {},
): Outcome<SurfaceBootstrap> => collect(fit, runs, options, tasksOf(fit, runs, options).flatMap(runSurfaceTask));

/** As {@link bootstrapSurface}, in pieces: with progress, abort and workers. The draws are the same. */
export const bootstrapSurfaceAsync = async (
  fit: SurfaceFit,
  runs: readonly Run[],
  options: SurfaceBootstrapOptions & LongFitOptions = {},
): Promise<Outcome<SurfaceBootstrap>> =>
  collect(fit, runs, options, await runAll(tasksOf(fit, runs, options), options));

/** Leave-one-run-out standard errors of the parameters. */
export const jackknifeSurface = (
  fit: SurfaceFit,
  runs: readonly Run[],
  weight?: (run: Run) => number,
): Record<string, number> => {
  const surfaces = leaveOneOut(fit, runs, weight);
  return Object.fromEntries(
    Object.keys(fit.parameters).map((name) => [
      name,
      jackknifeStandardError(surfaces.map((s) => surfaceForms[s.form].natural(s.theta)[name]!)),
    ]),
  );
};

const leaveOneOut = (fit: SurfaceFit, runs: readonly Run[], weight?: (run: Run) => number): Surface[] => {
  const form = surfaceForms[fit.form];
  const data = surfaceData(runs, weight);
  const centred = form.recentre(fit.theta, data.centreN, data.centreD);
  const base = { form: fit.form, objective: fit.objective, delta: fit.delta };
  return runs.map((_, i) => {
    const weight = Float64Array.from(data.weight);
    weight[i] = 0;
    const { theta } = refit({ ...base, data: { ...data, weight } }, centred);
    return { form: fit.form, theta: form.recentre(theta, -data.centreN, -data.centreD) };
  });
};

const tasksOf = (fit: SurfaceFit, runs: readonly Run[], options: SurfaceBootstrapOptions): RefitTask[] => {
  const { resamples = 1000, seed = 0 } = options;
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw new ScalingError("bad-option", `resamples is ${resamples}; expected a positive whole number`);
  }
  const data = surfaceData(runs, options.weight);
  const form = surfaceForms[fit.form];
  const base = {
    kind: "refit" as const,
    data,
    form: fit.form,
    objective: fit.objective,
    delta: fit.delta,
    theta: form.recentre(fit.theta, data.centreN, data.centreD),
    seed,
    strata: strataOf(runs, options.strata ?? "none"),
    noise: options.noise && Float64Array.from(runs, options.noise),
  };
  const tasks: RefitTask[] = [];
  for (let from = 0; from < resamples; from += REFITS_PER_TASK) {
    tasks.push({ ...base, from, to: Math.min(resamples, from + REFITS_PER_TASK) });
  }
  return tasks;
};

const strataOf = (runs: readonly Run[], strata: "none" | "budget"): Int32Array => {
  const out = new Int32Array(runs.length);
  if (strata === "none") return out;
  const of = new Map<Run, number>();
  groupByBudget(runs).forEach((budget, b) => {
    for (const run of budget.runs) of.set(run, b);
  });
  runs.forEach((run, i) => {
    out[i] = of.get(run)!;
  });
  return out;
};

const collect = (
  fit: SurfaceFit,
  runs: readonly Run[],
  options: SurfaceBootstrapOptions,
  descents: readonly Descent[],
): Outcome<SurfaceBootstrap> => {
  const form = surfaceForms[fit.form];
  const data = surfaceData(runs);
  const surfaces = descents
    .filter((d) => d.converged)
    .map((d): Surface => ({ form: fit.form, theta: form.recentre(d.theta, -data.centreN, -data.centreD) }));
  const failed = descents.length - surfaces.length;
  if (failed > LARGEST_FAILED_SHARE * descents.length) {
    return refuse("too-many-failed-resamples", `${failed} of ${descents.length} refits did not converge`);
  }
  const others = options.interval === "bca" ? leaveOneOut(fit, runs, options.weight) : undefined;
  const estimate = (statistic: (surface: Surface) => number) =>
    summarise(surfaces.map(statistic), statistic(fit), options.interval, others?.map(statistic));
  const named = (entries: readonly (readonly [string, (surface: Surface) => number])[]) =>
    Object.fromEntries(entries.map(([name, statistic]) => [name, estimate(statistic)]));
  return {
    ok: true,
    parameters: named(Object.keys(fit.parameters).map((name) => [name, (s) => form.natural(s.theta)[name]!])),
    statistics: named(Object.entries(options.statistics ?? {})),
    surfaces,
    resamples: descents.length,
    failed,
  };
};
