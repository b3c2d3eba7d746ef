import { badOption } from "../../errors.js";
import { estimate, exponentiate } from "../../inference/estimate.js";
import { congruence, embedded, identity, leastSquares, type Matrix, scaled } from "../../math/linear.js";
import { ascending, quantileSorted } from "../../math/quantile.js";
import { type Estimate, type Outcome, refuse } from "../../types.js";
import { type Descended, descend, type ResidualsAt } from "./descend.js";
import { ALL, CONSTANT, lossesAt, type Prepared, prepare, type Units } from "./model.js";
import { pointsOf, type ScheduledCurve } from "./points.js";
import { peakOf } from "./rates.js";
import type { ScheduleCurve, ScheduleFit } from "./record.js";

export interface ScheduleOptions {
  /** Corner of the Huber loss of ln L. Default: 1.345 standard deviations of the residuals, and 10⁻³ at least, which is that of the paper. */
  readonly delta?: number | undefined;
  /** Steps after the warm-up that are left out: the law is not of the first fall of the loss. Default 0. */
  readonly skip?: number | undefined;
}

/** What a fall below this share of the peak gains is lost in the noise. */
const LEAST_FALL = 0.02;
const PAPER_DELTA = 1e-3;
/** Huber's corner of 95 % efficiency for normal noise, in standard deviations. */
const EFFICIENT = 1.345;
/** Of the median size of a residual, the standard deviation of normal noise. */
const NORMAL = 1.4826;

/**
 * The multi-power law of loss curves (Luo et al. 2025, 2503.12811, eq. 1), fitted to one or several curves of one model, data and batch size under different
 * schedules:
 *
 * L(t) = L₀ + A S(t)^−α − B Σ_k (η_{k−1} − η_k) G(η_k^−γ S_k(t)), G(x) = 1 − (1 + C x)^−β,
 *
 * S the sum of the rates up to step t, warm-up included, S_k that from step k on; the sum is over steps after the warm-up. Robust, as in the paper:
 * Huber's loss of ln L. Where no rate falls, only the first two terms are fitted, and what decay gains is said to be unknown. Points of one curve are alike:
 * errors are of as many as their autocorrelation leaves independent. They are conditional on the law's form.
 * @throws ScalingError `bad-value` for what cannot be a curve, `bad-option` for options that cannot be
 */
export const fitSchedule = (curves: readonly ScheduledCurve[], options: ScheduleOptions = {}): Outcome<ScheduleFit> => {
  const { delta, skip = 0 } = options;
  if (delta !== undefined && !(delta > 0 && delta < Number.POSITIVE_INFINITY))
    throw badOption("delta", delta, "a number above 0");
  if (!(skip >= 0 && Number.isFinite(skip))) throw badOption("skip", skip, "a number of steps, 0 or more");
  const kept = curves.map((curve, i) => pointsOf(curve, curve.name || `curve ${i + 1}`, skip));
  const points = kept.reduce((sum, { step }) => sum + step.length, 0);
  const size = kept.some(falls) ? ALL : CONSTANT;
  if (points < size + 3) {
    const what = size === ALL ? "a law of falling rates" : "a law of a constant rate";
    return refuse("too-few-points", `${points} points after the warm-up; ${what} needs ${size + 3}`);
  }
  const problem = problemOf(kept);
  const screen = problemOf(kept.map(fewer), problem.units);
  const starts = startsOf(screen, size).slice(0, SCREENED);
  if (!starts[0]) return refuse("unidentified", "no start has a finite objective");
  const rough = Math.max(PAPER_DELTA, noiseOf(screen, starts[0], 1).deviation);
  const coarse = { delta: delta ?? EFFICIENT * rough, noise: rough };
  const leaders = search(screen, starts, coarse, GLIMPSE);
  const [first] = search(
    problem,
    leaders.slice(0, FINISHED).map(({ theta }) => theta),
    coarse,
    FINISH,
  );
  if (!first) return refuse("unidentified", "no start has a finite objective");
  const noise = noiseOf(problem, first.theta, EFFICIENT * rough);
  const corner = delta ?? Math.max(PAPER_DELTA, EFFICIENT * noise.deviation);
  const scale = { delta: corner, noise: noise.deviation * Math.sqrt(noise.inflation) };
  const best = search(problem, [first.theta], scale, FINISH)[0] ?? first;
  return described(kept, problem, best, corner);
};

/** Whether the rate falls by enough after its peak. */
const falls = ({ schedule }: ScheduleCurve): boolean => {
  const { rate } = schedule;
  const peak = peakOf(schedule);
  const least = rate.slice(rate.indexOf(peak)).reduce((low, one) => Math.min(low, one), peak);
  return peak - least > LEAST_FALL * peak;
};

interface Problem {
  readonly units: Units;
  readonly curves: readonly { readonly prepared: Prepared; readonly lnL: readonly number[] }[];
}

/** Of a curve, as many points as show where a start leads. */
const SHOWN = 60;

const fewer = (curve: ScheduleCurve): ScheduleCurve => {
  const every = Math.ceil(curve.step.length / SHOWN);
  const some = <T>(list: readonly T[]) => list.filter((_, i) => i % every === 0);
  return { ...curve, step: some(curve.step), loss: some(curve.loss) };
};

const problemOf = (curves: readonly ScheduleCurve[], known?: Units): Problem => {
  const logs = curves.flatMap(({ schedule, step }) => {
    const sums = prepare(schedule, step, { sum: 1, rate: 1 }).sums;
    return Array.from(sums, Math.log);
  });
  const units = known ?? {
    sum: Math.exp(logs.reduce((sum, one) => sum + one, 0) / logs.length),
    rate: Math.max(...curves.map(({ schedule }) => peakOf(schedule))),
  };
  return {
    units,
    curves: curves.map(({ schedule, step, loss }) => ({
      prepared: prepare(schedule, step, units),
      lnL: loss.map(Math.log),
    })),
  };
};

/** What is done with ln L̂ − ln L of every point, and its gradient. */
type Visit = (residual: number, gradient: Float64Array, curve: number) => void;

const visit = ({ curves }: Problem, theta: ArrayLike<number>, each: Visit): boolean => {
  const gradient = new Float64Array(ALL);
  for (const [c, { prepared, lnL }] of curves.entries()) {
    const lossAt = lossesAt(theta, prepared);
    for (let i = 0; i < lnL.length; i++) {
      const loss = lossAt(i, gradient);
      if (!(loss > 0 && Number.isFinite(loss))) return false;
      for (let j = 0; j < theta.length; j++) gradient[j]! /= loss;
      each(Math.log(loss) - lnL[i]!, gradient, c);
    }
  }
  return true;
};

/** @param noise with which the prior is weighed against the points; none without it */
const residualsOf =
  (problem: Problem, noise = 0): ResidualsAt =>
  (theta) => {
    const residuals: number[] = [];
    const rows: number[][] = [];
    const whole = visit(problem, theta, (residual, gradient) => {
      residuals.push(residual);
      rows.push([...gradient.subarray(0, theta.length)]);
    });
    if (!whole) return undefined;
    for (const { j, centre, spread } of noise > 0 ? priorOf(problem, theta.length) : []) {
      residuals.push((noise * (theta[j]! - centre)) / spread);
      rows.push(theta.map((_, l) => (l === j ? noise / spread : 0)));
    }
    return { residuals, rows };
  };

/**
 * Where C, β and γ are held weakly: the three go together along valleys in which curves hardly differ, and a fit without a hold on them runs off. Centres are those
 * of the paper's own fits (25M, 100M and 400M parameters: β 0.583 to 0.598, γ 0.635 to 0.655, and C 2.03 to 2.13 at a peak of 3·10⁻⁴, a
 * tenth of the gain in a few tens of steps at the peak); the widths, normal and one standard deviation, are a choice: a factor of 1.8 of β, 0.3 of γ, a factor of 10 of C.
 */
const priorOf = ({ units }: Problem, size: number) =>
  size === CONSTANT
    ? []
    : [
        { j: 4, centre: Math.log((GAIN_PER_STEP * units.sum) / units.rate), spread: Math.log(10) },
        { j: 5, centre: Math.log(0.59), spread: 0.6 },
        { j: 6, centre: 0.645, spread: 0.3 },
      ];

/** C η^(1−γ): 2.07 · (3·10⁻⁴)^0.355. */
const GAIN_PER_STEP = 0.116;

/** Standard deviation of a residual, and by what the likeness of neighbours widens variances. */
const noiseOf = (problem: Problem, theta: readonly number[], clip: number) => {
  const residuals: { readonly r: number; readonly curve: number }[] = [];
  visit(problem, theta, (r, _, curve) => residuals.push({ r, curve }));
  const rho = autocorrelationOf(residuals.map(({ r, curve }) => ({ r: Math.max(-clip, Math.min(clip, r)), curve })));
  return { deviation: spreadOf(residuals.map(({ r }) => r)), rho, inflation: (1 + rho) / (1 - rho) };
};

const spreadOf = (residuals: readonly number[]): number =>
  NORMAL * quantileSorted(ascending(residuals.map(Math.abs)), 0.5);

/** Starts that are followed on few points, by so many steps, and those that are followed to the end on all. */
const SCREENED = 8;
const GLIMPSE = 25;
const FINISHED = 2;
const FINISH = 200;

/** Where these starts lead, the best first. */
const search = (
  problem: Problem,
  starts: readonly (readonly number[])[],
  { delta, noise }: { readonly delta: number; readonly noise: number },
  iterations: number,
): readonly Descended[] => {
  const at = residualsOf(problem, noise);
  return starts.flatMap((start) => descend(at, start, delta, iterations) ?? []).sort((a, b) => a.value - b.value);
};

/** α, and in units of the problem C, β and γ. */
const SLOPES = [0.15, 0.3, 0.5, 0.8];
const SCALES = [0.3, 3, 30];
const POWERS = [0.3, 0.7];
const RATES = [0.3, 0.7];

/** With the rest given, the law is linear in L₀, A and B: every cell of a grid is one linear fit, and the best come first. */
const startsOf = (problem: Problem, size: number): number[][] => {
  const shapes =
    size === CONSTANT
      ? [[]]
      : SCALES.flatMap((C) => POWERS.flatMap((beta) => RATES.map((gamma) => [Math.log(C), Math.log(beta), gamma])));
  const lowest = Math.exp(
    problem.curves.reduce((low, { lnL }) => lnL.reduce((a, b) => Math.min(a, b), low), Number.POSITIVE_INFINITY),
  );
  const fitted = shapes.flatMap((shape) => {
    const gains = size === CONSTANT ? undefined : problem.curves.map(({ prepared }) => gainsOf(prepared, shape));
    return SLOPES.flatMap((alpha) => {
      const rows: number[][] = [];
      const y: number[] = [];
      const weights: number[] = [];
      for (const [c, { prepared, lnL }] of problem.curves.entries()) {
        for (const [i, log] of lnL.entries()) {
          rows.push([1, prepared.sums[i]! ** -alpha, ...(gains ? [-gains[c]![i]!] : [])]);
          y.push(Math.exp(log));
          weights.push(Math.exp(-2 * log));
        }
      }
      const fit = leastSquares(rows, y, weights);
      if (!fit) return [];
      const [floor, level, gain] = fit.coefficients as [number, number, number | undefined];
      const start = [
        Math.log(Math.max(floor, 0.05 * lowest)),
        Math.log(Math.max(level, 1e-3 * lowest)),
        alpha,
        ...(gain === undefined ? [] : [Math.log(Math.max(gain, 1e-3 * lowest)), ...shape]),
      ];
      return [{ start, rss: fit.rss }];
    });
  });
  return fitted.sort((a, b) => a.rss - b.rss).map(({ start }) => start);
};

/** What decay gains at each point, for B = 1: the law without its other terms. */
const gainsOf = (prepared: Prepared, shape: readonly number[]): number[] => {
  const gradient = new Float64Array(ALL);
  const lossAt = lossesAt([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, ...shape], prepared);
  return Array.from(prepared.sums, (_, i) => -lossAt(i, gradient));
};

/** A limit below this share of the lowest loss is none. */
const NO_FLOOR = 1e-4;

const described = (
  kept: readonly ScheduleCurve[],
  problem: Problem,
  found: Descended,
  delta: number,
): Outcome<ScheduleFit> => {
  const size = found.theta.length;
  const rows: number[][] = [];
  const residuals: number[] = [];
  visit(problem, found.theta, (r, g) => {
    rows.push([...g.slice(0, size)]);
    residuals.push(r);
  });
  const points = rows.length;
  const lowest = Math.min(...kept.flatMap(({ loss }) => loss));
  const atBound = Math.exp(found.theta[0]!) < NO_FLOOR * lowest;
  const free = found.theta.flatMap((_, j) => (j === 0 && atBound ? [] : [j]));
  // Clipped as the fit clips them: a spike is like none of its neighbours, and would hide that the others are.
  const { rho, inflation } = noiseOf(problem, found.theta, delta);
  // As many independent points as are worth these, for a first-order autoregression.
  const degreesOfFreedom = Math.max(0, points / inflation - free.length);
  // Huber's own estimate of his variance: Σ ψ² / (n − p) over the share of points inside the corner, squared.
  const psi = residuals.reduce((sum, r) => sum + Math.min(delta, Math.abs(r)) ** 2, 0);
  const inside = residuals.filter((r) => Math.abs(r) <= delta).length / points;
  const deviation = Math.sqrt((psi / Math.max(1, points - free.length)) * inflation) / inside;
  const prior = priorOf(problem, size).map(({ j, spread }) =>
    found.theta.map((_, l) => (l === j ? deviation / spread : 0)),
  );
  const information = leastSquares(
    [...rows, ...prior].map((row) => free.map((j) => row[j]!)),
    [...residuals, ...prior.map(() => 0)],
  );
  const { toNatural, theta } = natural(found.theta, problem.units);
  const inner =
    information && inside > 0 && degreesOfFreedom >= 1
      ? congruence(toNatural, scaled(embedded(information.unscaledCovariance, free, size), deviation ** 2))
      : undefined;
  const quoted = atBound ? theta.with(0, Number.NEGATIVE_INFINITY) : theta;
  return {
    ok: true,
    record: "schedule",
    ...standing({ converged: found.converged, atBound, size, known: inner !== undefined }),
    parameters: parametersOf(quoted, inner, degreesOfFreedom),
    theta: quoted,
    ...(inner && { covariance: inner }),
    objective: { name: "log-huber", delta, value: found.value },
    residualStandardDeviation: spreadOf(residuals),
    autocorrelation: rho,
    points,
    degreesOfFreedom,
    curves: kept,
  };
};

/** Of neighbouring residuals of the same curve, from 0 to below 1: alternation is not believed. */
const autocorrelationOf = (residuals: readonly { readonly r: number; readonly curve: number }[]): number => {
  let [product, square] = [0, 0];
  for (const [i, { r, curve }] of residuals.entries()) {
    square += r * r;
    const before = residuals[i - 1];
    if (before?.curve === curve) product += r * before.r;
  }
  return square > 0 ? Math.min(0.98, Math.max(0, product / square)) : 0;
};

/** θ for sums and rates in their own units, and how its errors go along: all but α, β and γ take up powers of the units. */
const natural = (
  theta: readonly number[],
  { sum, rate }: Units,
): { readonly theta: number[]; readonly toNatural: Matrix } => {
  const [logSum, logRate] = [Math.log(sum), Math.log(rate)];
  const toNatural = identity(theta.length);
  toNatural[1]![2] = logSum;
  const out = [...theta];
  out[1]! += theta[2]! * logSum;
  if (theta.length === ALL) {
    toNatural[4]![6] = logRate;
    out[3]! -= logRate;
    out[4]! += theta[6]! * logRate - logSum;
  }
  return { theta: out, toNatural };
};

const parametersOf = (
  theta: readonly number[],
  covariance: Matrix | undefined,
  dof: number,
): ScheduleFit["parameters"] => {
  const at = (j: number): Estimate => {
    const error = covariance ? Math.sqrt(Math.max(0, covariance[j]![j]!)) : Number.NaN;
    return covariance
      ? estimate(theta[j]!, error, dof)
      : { value: theta[j]!, standardError: error, ci95: [Number.NaN, Number.NaN] };
  };
  const none: Estimate = { value: 0, standardError: Number.NaN, ci95: [0, Number.NaN] };
  return {
    L0: theta[0] === Number.NEGATIVE_INFINITY ? none : exponentiate(at(0)),
    A: exponentiate(at(1)),
    alpha: at(2),
    ...(theta.length === ALL && {
      B: exponentiate(at(3)),
      C: exponentiate(at(4)),
      beta: exponentiate(at(5)),
      gamma: at(6),
    }),
  };
};

const standing = (of: {
  readonly converged: boolean;
  readonly atBound: boolean;
  readonly size: number;
  readonly known: boolean;
}): Pick<ScheduleFit, "status" | "message"> => {
  if (!of.converged) return { status: "stopped-early", message: "the search stopped before it converged" };
  if (of.size === CONSTANT)
    return {
      status: "unidentified",
      message: "no rate falls in these curves: what decay gains is not known, and only constant rates can be predicted",
    };
  if (!of.known)
    return {
      status: "unidentified",
      message: "these curves cannot tell the numbers of the law apart; add one under another schedule",
    };
  if (of.atBound) return { status: "bound", message: "the limit of the loss goes to zero: these curves show none" };
  return { status: "converged" };
};
