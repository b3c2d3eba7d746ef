import { badOption } from "../errors.js";
import { type IntervalKind, jackknifeStandardError, summarise } from "../inference/bootstrap.js";
import { tooManyFailed } from "../inference/draws.js";
import { groupByBudget } from "../isoflop/group.js";
import type { Matrix } from "../math/linear.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { allocationStatistics, middleCompute } from "./allocation-laws.js";
import { type SurfaceData, surfaceData } from "./data.js";
import type { Descent } from "./descent.js";
import { type LongFitOptions, runAll } from "./executor.js";
import { quoted } from "./form.js";
import { surfaceForms } from "./forms/index.js";
import { formOfSurface, type Surface } from "./surface.js";
import type { SurfaceBootstrap, SurfaceFit } from "./surface-fit.js";
import { type RefitTask, refit, runSurfaceTask } from "./task.js";
import type { Statistic } from "./uncertainty.js";

export interface SurfaceBootstrapOptions {
  /** Default 1000. */
  readonly resamples?: number | undefined;
  readonly seed?: number | undefined;
  readonly interval?: IntervalKind | undefined;
  /** Draw runs from all of them, or within each budget. Default `none`. */
  readonly strata?: "none" | "budget" | undefined;
  /** Runs of one name are not independent, as checkpoints of one curve: they are drawn together. Default: each run alone. */
  readonly cluster?: ((run: Run) => string) | undefined;
  /** Standard deviation of a run's loss: then losses are perturbed instead of runs drawn again (seed-noise bootstrap). */
  readonly noise?: ((run: Run) => number) | undefined;
  /** The weight the fit was made with. */
  readonly weight?: ((run: Run) => number) | undefined;
  /** More numbers to bootstrap, each a function of the surface. */
  readonly statistics?: Readonly<Record<string, Statistic>> | undefined;
}

const REFITS_PER_TASK = 25;

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
  const others = leaveOneOut(fit, runs, weight);
  return Object.fromEntries(
    Object.entries(parametersOf(fit)).map(([name, of]) => [name, jackknifeStandardError(others.map(of))]),
  );
};

/** The parameters of a form, each as a function of a surface. */
const parametersOf = (fit: SurfaceFit): Readonly<Record<string, Statistic>> => {
  const form = formOfSurface(fit);
  return Object.fromEntries(form.parameters.map(({ name }) => [name, ({ theta }) => quoted(form, theta)[name]!]));
};

const leaveOneOut = (fit: SurfaceFit, runs: readonly Run[], weight?: (run: Run) => number): Surface[] => {
  const data = surfaceData(formOfSurface(fit), runs, weight);
  const base = begin(fit, data);
  return runs.map((_, i) => {
    const weight = Float64Array.from(data.weight);
    weight[i] = 0;
    return surfaceAt(fit, data, refit({ ...base, data: { ...data, weight } }, base).theta);
  });
};

/** A floor within so many of its standard errors of 0 is loose: a fifth of a percent of resamples would take it there. */
const FIRM = 6;

/** Where refits begin: the fit on the axes of the data. */
export const begin = ({ form, objective, theta, parameters: { E } }: SurfaceFit, data: SurfaceData) => ({
  form,
  objective: objective.name,
  width: objective.width ?? 0,
  theta: surfaceForms.get(form).recentre(theta, data.centreN, data.centreD),
  loose: E !== undefined && !(E.value > FIRM * E.standardError && E.standardError > 0),
});

/** The surface of a refit, whose θ is on the axes of its data. */
export const surfaceAt = (
  { form, flopsPerToken, centre }: SurfaceFit,
  data: SurfaceData,
  theta: readonly number[],
): Surface => ({
  form,
  theta: surfaceForms.get(form).recentre(theta, -data.centreN, -data.centreD),
  flopsPerToken,
  ...(centre && { centre }),
});

const tasksOf = (fit: SurfaceFit, runs: readonly Run[], options: SurfaceBootstrapOptions): RefitTask[] => {
  const { resamples = 1000, seed = 0 } = options;
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw badOption("resamples", resamples, "a positive whole number");
  }
  const data = surfaceData(formOfSurface(fit), runs, options.weight);
  const task = {
    ...begin(fit, data),
    kind: "refit" as const,
    data,
    seed,
    strata: strataOf(runs, options.strata ?? "none"),
    clusters: options.cluster && numbered(runs.map(options.cluster)),
    noise: options.noise && Float64Array.from(runs, options.noise),
  };
  const tasks: RefitTask[] = [];
  for (let from = 0; from < resamples; from += REFITS_PER_TASK) {
    tasks.push({ ...task, from, to: Math.min(resamples, from + REFITS_PER_TASK) });
  }
  return tasks;
};

const strataOf = (runs: readonly Run[], strata: "none" | "budget"): Int32Array => {
  if (strata === "none") return new Int32Array(runs.length);
  const of = new Map(groupByBudget(runs).flatMap((budget, b) => budget.runs.map((run) => [run, b] as const)));
  return Int32Array.from(runs, (run) => of.get(run)!);
};

/** The same numbers for the same names. */
const numbered = (names: readonly string[]): Int32Array => {
  const of = new Map([...new Set(names)].map((name, i) => [name, i]));
  return Int32Array.from(names, (name) => of.get(name)!);
};

const collect = (
  fit: SurfaceFit,
  runs: readonly Run[],
  options: SurfaceBootstrapOptions,
  descents: readonly Descent[],
): Outcome<SurfaceBootstrap> => {
  const data = surfaceData(formOfSurface(fit), runs);
  const surfaces = descents.filter((d) => d.converged).map(({ theta }) => surfaceAt(fit, data, theta));
  const failed = descents.length - surfaces.length;
  if (tooManyFailed(failed, descents.length))
    return refuse("too-many-failed-resamples", `${failed} of ${descents.length} refits did not converge`);
  const others = options.interval === "bca" ? leaveOneOut(fit, runs, options.weight) : undefined;
  const summaries = (statistics: Readonly<Record<string, Statistic>>) =>
    Object.fromEntries(
      Object.entries(statistics).map(([name, statistic]) => [
        name,
        summarise(surfaces.map(statistic), statistic(fit), options.interval, others?.map(statistic)),
      ]),
    );
  const covariance = covarianceOf(surfaces.map(({ theta }) => theta));
  return {
    ok: true,
    parameters: summaries(parametersOf(fit)),
    allocation: fit.allocation ? summaries(allocationStatistics(middleCompute(runs))) : {},
    statistics: summaries(options.statistics ?? {}),
    ...(covariance && { covariance }),
    seed: options.seed ?? 0,
    resamples: descents.length,
    failed,
  };
};

/** Covariance of θ over the resamples; none where a term is at zero in some of them, or where they are too few. */
const covarianceOf = (thetas: readonly (readonly number[])[]): Matrix | undefined => {
  const n = thetas.length;
  const p = thetas[0]?.length ?? 0;
  if (n <= p || !thetas.every((theta) => theta.every(Number.isFinite))) return undefined;
  const mean = Array.from({ length: p }, (_, j) => thetas.reduce((s, v) => s + v[j]!, 0) / n);
  return mean.map((mi, i) =>
    mean.map((mj, j) => thetas.reduce((s, v) => s + (v[i]! - mi) * (v[j]! - mj), 0) / (n - 1)),
  );
};
