import { fitLaw, formOfLaw } from "../laws/fit.js";
import type { LawFit } from "../laws/form.js";
import { goldenMinimum } from "../math/search.js";
import { optimalAllocation } from "../surface/allocate.js";
import { begin, surfaceAt } from "../surface/bootstrap.js";
import { surfaceData } from "../surface/data.js";
import { surface } from "../surface/fit.js";
import { SIX } from "../surface/form.js";
import type { SurfaceObjectiveName } from "../surface/objectives/index.js";
import { formOfSurface, type Surface, surfaceLoss } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { refit } from "../surface/task.js";
import type { Flops, Loss, Outcome, Parameters, Run } from "../types.js";

/** The best of a compute under a sum of levels; without a size where the laws are of compute alone. */
export interface Best {
  readonly N?: Parameters;
  readonly loss: Loss;
}

/** Laws of all levels, of the runs or of one resample of them. */
export interface LevelLaws {
  /** NaN where there is no optimum. */
  best(weights: readonly number[], C: Flops): Best;
  floor(weights: readonly number[]): Loss;
}

/** How levels are fitted. */
export interface LevelModel<F extends SurfaceFit | LawFit = SurfaceFit | LawFit> {
  readonly form: string;
  fit(runs: readonly Run[]): Outcome<F>;
  laws(fits: readonly F[]): LevelLaws;
  /** k of C = k·N·D; undefined for laws of compute alone. */
  flopsPerToken(fits: readonly F[]): number | undefined;
  /** Laws of a resample, which takes each run so many times. @param levels the same runs with the loss of each level */
  resampler(fits: readonly F[], levels: readonly (readonly Run[])[]): (times: Float64Array) => LevelLaws | undefined;
}

const sum = (weights: readonly number[], of: (i: number) => number): number =>
  weights.reduce((total, weight, i) => (weight === 0 ? total : total + weight * of(i)), 0);

export interface SurfaceLevelOptions {
  readonly form?: string | undefined;
  readonly objective?: SurfaceObjectiveName | undefined;
  readonly flopsPerToken?: number | undefined;
}

/** One surface L(N, D) per level. */
export const surfaceLevels = (options: SurfaceLevelOptions): LevelModel<SurfaceFit> => ({
  form: options.form ?? "chinchilla",
  fit: (runs) => surface(runs, options),
  laws: surfaceLaws,
  flopsPerToken: ([first]) => first?.flopsPerToken,
  resampler(fits, levels) {
    const begun = fits.map((fit, i) => {
      const data = surfaceData(formOfSurface(fit), levels[i]!);
      return { fit, data, base: begin(fit, data) };
    });
    return (times) => {
      const surfaces: Surface[] = [];
      for (const { fit, data, base } of begun) {
        const weight = data.weight.map((one, i) => one * times[i]!);
        const { theta, converged } = refit({ ...base, data: { ...data, weight } }, base);
        if (!converged) return undefined;
        surfaces.push(surfaceAt(fit, data, theta));
      }
      return surfaceLaws(surfaces);
    };
  },
});

const surfaceLaws = (surfaces: readonly Surface[]): LevelLaws => ({
  best(weights, C) {
    const lnN = bestSize(surfaces, weights, C);
    const k = surfaces[0]?.flopsPerToken ?? SIX;
    const N = Math.exp(lnN);
    return { N, loss: sum(weights, (i) => surfaceLoss(surfaces[i]!, { N, D: C / (k * N) })) };
  },
  floor: (weights) => sum(weights, (i) => formOfSurface(surfaces[i]!).floor(surfaces[i]!.theta)),
});

/** Steps over the range in which the best size must lie. */
const STEPS = 12;

/** The best size of a sum of levels lies between the best sizes of the levels; NaN where a level that counts has none. */
const bestSize = (surfaces: readonly Surface[], weights: readonly number[], C: Flops): number => {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [i, one] of surfaces.entries()) {
    if (weights[i] === 0) continue;
    const best = optimalAllocation(one, C);
    if (!best.ok) return Number.NaN;
    low = Math.min(low, Math.log(best.N));
    high = Math.max(high, Math.log(best.N));
  }
  if (high - low < 1e-12) return low;
  const k = surfaces[0]?.flopsPerToken ?? SIX;
  const loss = (lnN: number) => {
    const N = Math.exp(lnN);
    return sum(weights, (i) => surfaceLoss(surfaces[i]!, { N, D: C / (k * N) }));
  };
  const at = (step: number) => low + ((high - low) * step) / STEPS;
  let best = 0;
  for (let step = 1; step <= STEPS; step++) if (loss(at(step)) < loss(at(best))) best = step;
  return goldenMinimum(loss, at(Math.max(0, best - 1)), at(Math.min(STEPS, best + 1))).x;
};

/** One law L(C) per level, through all runs: of runs that were trained at their best. */
export const lawLevels = (form: string): LevelModel<LawFit> => ({
  form,
  fit: (runs) => {
    const columns = [runs.map(({ C }) => C), runs.map(({ loss }) => loss)] as const;
    return fitLaw(form, ...columns);
  },
  laws: lawsOf,
  flopsPerToken: () => undefined,
  resampler: (_, levels) => (times) => {
    const laws: LawFit[] = [];
    for (const runs of levels) {
      const drawn = runs.flatMap((run, i) => new Array<Run>(times[i]!).fill(run));
      const fit = fitLaw(
        form,
        drawn.map(({ C }) => C),
        drawn.map(({ loss }) => loss),
      );
      if (!fit.ok || fit.status === "stopped-early") return undefined;
      laws.push(fit);
    }
    return lawsOf(laws);
  },
});

const lawsOf = (fits: readonly LawFit[]): LevelLaws => ({
  best: (weights, C) => ({ loss: sum(weights, (i) => formOfLaw(fits[i]!.law).value(fits[i]!.law, C)) }),
  floor: (weights) => sum(weights, (i) => Math.max(0, formOfLaw(fits[i]!.law).floor?.(fits[i]!.law).value ?? 0)),
});
