import { ScalingError } from "../errors.js";
import {
  type BootstrapOptions,
  bootstrap,
  bootstrapAsync,
  type Draws,
  jackknifeStandardError,
  summarise,
} from "../inference/bootstrap.js";
import { predictPowerLaw } from "../laws/power.js";
import { normals, type Random, resampleIndices } from "../math/random.js";
import { type Flops, type Outcome, type Refusal, type Run, refuse } from "../types.js";
import { groupByBudget } from "./group.js";
import { type IsoFlop, type IsoFlopOptions, isInterior, isoFlop, MINIMUM_BUDGETS } from "./isoflop.js";
import type { BootstrappedLaw, IsoFlopBootstrap } from "./resampled.js";

/**
 * What is drawn again: `runs` within each budget (needs many sizes: eight or more), `residuals` of the parabolas, pooled over
 * budgets (right for four to seven sizes), or `seed-noise`, the runs with measured seed noise added (Porian et al. 2406.19146).
 */
export type IsoFlopResampling = "runs" | "residuals" | "seed-noise";

export interface IsoFlopBootstrapOptions extends IsoFlopOptions, BootstrapOptions {
  readonly resample?: IsoFlopResampling;
  /** For `seed-noise`: standard deviation of a run's loss, one number or a function of the run. Default: each run's `sigma`. */
  readonly noise?: number | ((run: Run) => number);
  /** Budgets at which to predict as well. */
  readonly at?: readonly Flops[];
}

/** Above this share of refusals the survivors are a biased sample. */
const LARGEST_FAILED_SHARE = 0.2;

const LAWS = ["N", "D", "loss"] as const;

/** Bootstrap of the isoFLOP laws, always stratified by budget. */
export const bootstrapIsoFlop = (
  runs: readonly Run[],
  options: IsoFlopBootstrapOptions = {},
): Outcome<IsoFlopBootstrap> => {
  const study = prepare(runs, options);
  return "reason" in study ? study : collect(runs, options, study.value, bootstrap(study.statistic, options));
};

/** As {@link bootstrapIsoFlop}, returning to the event loop between chunks; the draws are the same. */
export const bootstrapIsoFlopAsync = async (
  runs: readonly Run[],
  options: IsoFlopBootstrapOptions = {},
): Promise<Outcome<IsoFlopBootstrap>> => {
  const study = prepare(runs, options);
  return "reason" in study
    ? study
    : collect(runs, options, study.value, await bootstrapAsync(study.statistic, options));
};

const prepare = (runs: readonly Run[], options: IsoFlopBootstrapOptions) => {
  const fit = isoFlop(runs, options);
  const refused = LAWS.flatMap((name) => (fit[name].ok ? [] : [fit[name] as Refusal]))[0];
  if (refused) return refused;
  const at = options.at ?? [];
  const draw = resampler(runs, fit, options);
  if ("reason" in draw) return draw;
  return {
    value: statistics(fit, at)!,
    statistic: (uniform: Random) => statistics(isoFlop(draw(uniform), options), at),
  };
};

const collect = (
  runs: readonly Run[],
  options: IsoFlopBootstrapOptions,
  value: readonly number[],
  draws: Draws,
): Outcome<IsoFlopBootstrap> => {
  const at = options.at ?? [];
  const resamples = draws.values.length + draws.failed;
  if (draws.failed > LARGEST_FAILED_SHARE * resamples) {
    return refuse(
      "too-many-failed-resamples",
      `${draws.failed} of ${resamples} resamples had too few interior minima; with few sizes use resample: "residuals"`,
    );
  }
  const leaveOneOut = options.interval === "bca" ? jackknife(runs, options, at) : undefined;
  if (leaveOneOut && leaveOneOut.length < MINIMUM_BUDGETS + 1) {
    return refuse(
      "too-few-budgets",
      `a BCa interval needs ${MINIMUM_BUDGETS + 1} budgets with a minimum, to leave one out; use interval "percentile"`,
    );
  }
  const summary = (i: number, transform: (v: number) => number) =>
    summarise(
      draws.values.map((d) => transform(d[i]!)),
      transform(value[i]!),
      options.interval,
      leaveOneOut?.map((d) => transform(d[i]!)),
    );
  const width = 2 + at.length;
  const law = (k: number): BootstrappedLaw => ({
    exponent: summary(k * width, (v) => v),
    coefficient: summary(k * width + 1, Math.exp),
    at: at.map((_, i) => summary(k * width + 2 + i, Math.exp)),
  });
  const { seed = 0 } = options;
  return { ok: true, N: law(0), D: law(1), loss: law(2), seed, resamples, failed: draws.failed };
};

/**
 * Leave-one-budget-out standard errors of the three exponents: a cheap check on the bootstrap. The optima are what the laws are fitted
 * to; leaving out single runs would refuse budgets of few sizes and move the others by far more than noise does. NaN with fewer than
 * four budgets.
 */
export const jackknifeIsoFlop = (
  runs: readonly Run[],
  options: IsoFlopOptions = {},
): Record<(typeof LAWS)[number], number> => {
  const values = jackknife(runs, options, []);
  return {
    N: jackknifeStandardError(values.map((v) => v[0]!)),
    D: jackknifeStandardError(values.map((v) => v[2]!)),
    loss: jackknifeStandardError(values.map((v) => v[4]!)),
  };
};

const jackknife = (runs: readonly Run[], options: IsoFlopOptions, at: readonly Flops[]): number[][] => {
  const fit = isoFlop(runs, options);
  const budgets = groupByBudget(runs, fit.choices.tolerance, fit.choices.budgets);
  const used = budgets.filter((_, b) => isInterior(fit.budgets[b]!));
  return used.flatMap((left) => {
    const rest = used.filter((budget) => budget !== left).flatMap((budget) => budget.runs);
    const value = statistics(isoFlop(rest, options), at);
    return value ? [value] : [];
  });
};

/** [exponent, ln coefficient, ln law at each C] of N, D and loss in turn; undefined when a law is refused. */
const statistics = (fit: IsoFlop, at: readonly Flops[]): number[] | undefined => {
  const out: number[] = [];
  for (const name of LAWS) {
    const law = fit[name];
    if (!law.ok) return undefined;
    out.push(law.exponent.value, law.logCoefficient.value, ...at.map((C) => Math.log(predictPowerLaw(law, C).value)));
  }
  return out;
};

const resampler = (
  runs: readonly Run[],
  fit: IsoFlop,
  options: IsoFlopBootstrapOptions,
): ((uniform: Random) => Run[]) | Refusal => {
  const budgets = groupByBudget(runs, fit.choices.tolerance, fit.choices.budgets);
  const { resample = "runs" } = options;
  if (resample === "runs") {
    return (uniform) =>
      budgets.flatMap(({ runs: members }) => resampleIndices(members.length, uniform).map((i) => members[i]!));
  }
  if (resample === "seed-noise") {
    const noise = options.noise ?? knownSigma;
    const sigma = runs.map((run) => (typeof noise === "number" ? noise : noise(run)));
    return (uniform) => {
      const normal = normals(uniform);
      return runs.map((run, i) => ({ ...run, loss: Math.max(run.loss + sigma[i]! * normal(), Number.MIN_VALUE) }));
    };
  }
  return residualResampler(fit, budgets);
};

const knownSigma = (run: Run): number => {
  if (run.sigma !== undefined) return run.sigma;
  throw new ScalingError("bad-option", 'resample "seed-noise" needs sigma on every run, or the option noise', {
    ...(run.row !== undefined && { row: run.row }),
    field: "sigma",
  });
};

/** New losses = fitted parabola + residuals drawn from all budgets, scaled up for the degrees of freedom the fits used. */
const residualResampler = (
  fit: IsoFlop,
  budgets: readonly { readonly runs: readonly Run[] }[],
): ((uniform: Random) => Run[]) | Refusal => {
  const { axis, scale, quantity } = fit.choices;
  if (quantity !== "loss")
    throw new ScalingError("bad-option", `residuals are resampled for the loss only, not for ${quantity}`);
  const fitted: { run: Run; y: number }[] = [];
  const pool: number[] = [];
  fit.budgets.forEach((profile, b) => {
    const parabola = profile.parabola?.[axis];
    if (!isInterior(profile) || !parabola || parabola.degreesOfFreedom <= 0) return;
    const inflate = Math.sqrt(parabola.residuals.length / parabola.degreesOfFreedom);
    budgets[b]!.runs.forEach((run, i) => {
      const residual = parabola.residuals[i]!;
      const y = scale === "log" ? Math.log(run.loss) : run.loss;
      fitted.push({ run, y: y - residual });
      pool.push(residual * inflate);
    });
  });
  if (pool.length === 0)
    return refuse("too-few-points", 'resample "residuals" needs parabolas with more points than coefficients');
  return (uniform) =>
    fitted.map(({ run, y }) => {
      const drawn = y + pool[Math.floor(uniform() * pool.length)]!;
      return { ...run, loss: scale === "log" ? Math.exp(drawn) : Math.max(drawn, Number.MIN_VALUE) };
    });
};
