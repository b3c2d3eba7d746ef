import { ScalingError } from "../errors.js";
import {
  type BootstrapOptions,
  bootstrap,
  bootstrapAsync,
  type Draws,
  jackknifeStandardError,
  summarise,
} from "../inference/bootstrap.js";
import { tooManyFailed } from "../inference/draws.js";
import { power } from "../laws/power.js";
import { normals, type Random } from "../math/random.js";
import { type Flops, type Outcome, type Run, refuse } from "../types.js";
import { type FittedBudgets, fitBudgets, type IsoFlopLaw, type IsoFlopOptions, MINIMUM_BUDGETS } from "./budgets.js";
import { type IsoFlopBootstrap, isInterior } from "./record.js";

/**
 * What is drawn again: `runs` within each budget (needs many sizes: eight or more), `residuals` of the parabolas, pooled over
 * budgets (right for four to seven sizes), or `seed-noise`, the runs with measured seed noise added (Porian et al. 2406.19146).
 */
export type IsoFlopResampling = "runs" | "residuals" | "seed-noise";

export interface IsoFlopBootstrapOptions extends IsoFlopOptions, BootstrapOptions {
  readonly resample?: IsoFlopResampling | undefined;
  /** For `seed-noise`: standard deviation of a run's loss, one number or a function of the run. Default: each run's `sigma`. */
  readonly noise?: number | ((run: Run) => number) | undefined;
  /** Budgets at which to predict as well. */
  readonly at?: readonly Flops[] | undefined;
}

const LAWS: readonly IsoFlopLaw[] = ["N", "D", "loss"];

/** Bootstrap of the isoFLOP laws, always stratified by budget. */
export const bootstrapIsoFlop = (
  runs: readonly Run[],
  options: IsoFlopBootstrapOptions = {},
): Outcome<IsoFlopBootstrap> => {
  const study = prepare(runs, options);
  return study.ok ? collect(study, options, bootstrap(study.statistic, options)) : study;
};

/** As {@link bootstrapIsoFlop}, returning to the event loop between chunks; the draws are the same. */
export const bootstrapIsoFlopAsync = async (
  runs: readonly Run[],
  options: IsoFlopBootstrapOptions = {},
): Promise<Outcome<IsoFlopBootstrap>> => {
  const study = prepare(runs, options);
  return study.ok ? collect(study, options, await bootstrapAsync(study.statistic, options)) : study;
};

/** A fit that can be drawn again. */
interface Study {
  readonly fit: FittedBudgets;
  readonly value: readonly number[];
  readonly statistic: (uniform: Random) => readonly number[] | undefined;
}

const prepare = (runs: readonly Run[], options: IsoFlopBootstrapOptions): Outcome<Study> => {
  const fit = fitBudgets(runs, options);
  for (const name of LAWS) {
    const law = fit[name];
    if (!law.ok) return law;
  }
  const drawn = resampler(runs, fit, options);
  if (!drawn.ok) return drawn;
  return {
    ok: true,
    fit,
    value: statistics(fit, options.at)!,
    statistic: (uniform) => statistics(fitBudgets(drawn.draw(uniform), options), options.at),
  };
};

const collect = (
  { fit, value }: Study,
  options: IsoFlopBootstrapOptions,
  { values, failed }: Draws,
): Outcome<IsoFlopBootstrap> => {
  const { at = [], seed = 0, interval } = options;
  const resamples = values.length + failed;
  if (tooManyFailed(failed, resamples)) {
    return refuse(
      "too-many-failed-resamples",
      `${failed} of ${resamples} resamples had too few interior minima; with few sizes use resample: "residuals"`,
    );
  }
  const leaveOneOut = interval === "bca" ? jackknife(fit, options, at) : undefined;
  if (leaveOneOut && leaveOneOut.length < MINIMUM_BUDGETS + 1) {
    return refuse(
      "too-few-budgets",
      `a BCa interval needs ${MINIMUM_BUDGETS + 1} budgets with a minimum, to leave one out; use interval "percentile"`,
    );
  }
  const summary = (i: number, transform: (v: number) => number) => {
    const of = (draws: readonly (readonly number[])[]) => draws.map((draw) => transform(draw[i]!));
    return summarise(of(values), transform(value[i]!), interval, leaveOneOut && of(leaveOneOut));
  };
  const width = 2 + at.length;
  const law = (k: number): IsoFlopBootstrap["N"] => ({
    exponent: summary(k * width, (v) => v),
    coefficient: summary(k * width + 1, Math.exp),
    at: at.map((_, i) => summary(k * width + 2 + i, Math.exp)),
  });
  return { ok: true, N: law(0), D: law(1), loss: law(2), seed, resamples, failed };
};

/**
 * Leave-one-budget-out standard errors of the three exponents: a cheap check on the bootstrap. The optima are what the laws are fitted
 * to; leaving out single runs would refuse budgets of few sizes and move the others by far more than noise does. NaN with fewer than
 * four budgets.
 */
export const jackknifeIsoFlop = (runs: readonly Run[], options: IsoFlopOptions = {}): Record<IsoFlopLaw, number> => {
  const values = jackknife(fitBudgets(runs, options), options);
  const error = (k: number) => jackknifeStandardError(values.map((v) => v[2 * k]!));
  return { N: error(0), D: error(1), loss: error(2) };
};

const jackknife = (fit: FittedBudgets, options: IsoFlopOptions, at: readonly Flops[] = []): number[][] => {
  const used = fit.budgets.filter(isInterior);
  return used.flatMap((left) => {
    const rest = used.filter((budget) => budget !== left).flatMap(({ runs }) => runs);
    const value = statistics(fitBudgets(rest, options), at);
    return value ? [value] : [];
  });
};

/** [exponent, ln coefficient, ln law at each C] of N, D and loss in turn; undefined when a law is refused. */
const statistics = (fit: FittedBudgets, at: readonly Flops[] = []): number[] | undefined => {
  const out: number[] = [];
  for (const name of LAWS) {
    const law = fit[name];
    if (!law.ok) return undefined;
    out.push(law.exponent.value, law.logCoefficient.value, ...at.map((C) => Math.log(power.value(law, C))));
  }
  return out;
};

/** Draws a study anew. */
type Resampler = { readonly draw: (uniform: Random) => Run[] };

const resampler = (
  runs: readonly Run[],
  fit: FittedBudgets,
  { resample = "runs", noise = knownSigma }: IsoFlopBootstrapOptions,
): Outcome<Resampler> => {
  if (resample === "residuals") return residualResampler(fit);
  if (resample === "runs") {
    const draw = (uniform: Random) =>
      fit.budgets.flatMap((budget) => budget.runs.map(() => budget.runs[Math.floor(uniform() * budget.runs.length)]!));
    return { ok: true, draw };
  }
  const sigma = runs.map((run) => (typeof noise === "number" ? noise : noise(run)));
  const draw = (uniform: Random) => {
    const normal = normals(uniform);
    return runs.map((run, i) => ({ ...run, loss: Math.max(run.loss + sigma[i]! * normal(), Number.MIN_VALUE) }));
  };
  return { ok: true, draw };
};

const knownSigma = (run: Run): number => {
  if (run.sigma !== undefined) return run.sigma;
  throw new ScalingError("bad-option", 'resample "seed-noise" needs sigma on every run, or the option noise', {
    row: run.row,
    field: "sigma",
  });
};

/** New losses = fitted parabola + residuals drawn from all budgets, scaled up for the degrees of freedom the fits used. */
const residualResampler = ({ budgets, choices: { axis, scale, quantity } }: FittedBudgets): Outcome<Resampler> => {
  if (quantity !== "loss")
    throw new ScalingError("bad-option", `residuals are resampled for the loss only, not for ${quantity}`);
  const fitted: { run: Run; y: number }[] = [];
  const pool: number[] = [];
  for (const { parabola, runs } of budgets.filter(isInterior)) {
    const { residuals = [], degreesOfFreedom = 0 } = parabola?.[axis] ?? {};
    if (degreesOfFreedom <= 0) continue;
    const inflate = Math.sqrt(residuals.length / degreesOfFreedom);
    runs.forEach((run, i) => {
      fitted.push({ run, y: (scale === "log" ? Math.log(run.loss) : run.loss) - residuals[i]! });
      pool.push(residuals[i]! * inflate);
    });
  }
  if (pool.length === 0)
    return refuse("too-few-points", 'resample "residuals" needs parabolas with more points than coefficients');
  const draw = (uniform: Random) =>
    fitted.map(({ run, y }) => {
      const drawn = y + pool[Math.floor(uniform() * pool.length)]!;
      return { ...run, loss: scale === "log" ? Math.exp(drawn) : Math.max(drawn, Number.MIN_VALUE) };
    });
  return { ok: true, draw };
};
