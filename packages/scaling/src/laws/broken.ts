import { choice, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import { criteria } from "../inference/criteria.js";
import { logEstimate, thetaEstimate } from "../inference/estimate.js";
import { extent } from "../math/extent.js";
import { type LeastSquaresFit, levenbergMarquardt, SCREENED } from "../math/levenberg.js";
import { congruence, embedded, identity } from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import { sampleAlong } from "../math/sample.js";
import * as fields from "../records/fields.js";
import { type Outcome, refuse } from "../types.js";
import { bend, startingPoints } from "./broken-starts.js";
import type { LawForm } from "./form.js";
import { type PointErrors, pointWeights } from "./point-errors.js";

/** Broken neural scaling law (Caballero et al. 2022, eq. 1): y = a + b x^−c₀ Π (1 + (x/d_i)^(1/f_i))^(−c_i f_i). */
export interface BrokenLaw extends fields.Read<typeof schema> {}

const PER_BREAK = 3;
const FLOOR = 0;
const LEVEL = 1;
const SLOPE = 2;
const FIRST_BREAK = 3;

export interface BrokenLawOptions extends PointErrors {
  /** Default 1. */
  readonly breaks?: 1 | 2;
}

/**
 * Fits a broken law by least squares of ln y, with a floor and without, from the best of a grid of floors, break points and widths.
 * Needs 3 + 3·breaks + 2 points.
 */
export const brokenLaw = (
  x: readonly number[],
  y: readonly number[],
  options: BrokenLawOptions = {},
): Outcome<BrokenLaw> => {
  const { breaks = 1, ...errors } = options;
  const p = FIRST_BREAK + PER_BREAK * breaks;
  const distinct = new Set(x).size;
  if (distinct < p + 2) {
    const what = `a law with ${breaks} break${breaks > 1 ? "s" : ""}`;
    return refuse("too-few-points", `${distinct} distinct x; ${what} needs ${p + 2}`);
  }
  const lx = logarithms("x", x);
  const ly = logarithms("y", y);
  // Centred, so that level and slope are nearly independent.
  const centre = lx.reduce((s, v) => s + v, 0) / lx.length;
  const u = lx.map((v) => v - centre);
  const fit = search(u, ly, breaks, pointWeights(y, errors, "log"));
  if (!fit) return refuse("unidentified", "no start has a finite objective");
  const law = moved(fit, centre);
  const dof = x.length - p;
  const variance = fit.sse / dof;
  const at = (j: number) => thetaEstimate(law, j, variance, dof);
  const logAt = (j: number) => logEstimate(law, j, variance, dof);
  const breakAt = (k: number): BrokenLaw["breaks"][number] => {
    const j = FIRST_BREAK + PER_BREAK * k;
    return { at: logAt(j), slope: at(j + 1), width: logAt(j + 2) };
  };
  return {
    ok: true,
    kind: "broken",
    status: statusOf(fit, u),
    floor: fit.theta[FLOOR] === NONE ? { value: 0, standardError: Number.NaN, ci95: [0, Number.NaN] } : logAt(FLOOR),
    coefficient: logAt(LEVEL),
    logCoefficient: at(LEVEL),
    exponent: at(SLOPE),
    breaks: Array.from({ length: breaks }, (_, k) => breakAt(k)),
    sumOfSquares: fit.sse,
    criteria: criteria(fit.sse, x.length, p),
    points: x.length,
    degreesOfFreedom: dof,
    theta: law.theta,
  };
};

/** ln of a floor of zero. */
const NONE = Number.NEGATIVE_INFINITY;

const logBroken = (theta: readonly number[], lx: number): number => {
  let power = theta[LEVEL]! - theta[SLOPE]! * lx;
  for (let k = FIRST_BREAK; k < theta.length; k += PER_BREAK) {
    power -= theta[k + 1]! * bend(lx, theta[k]!, Math.exp(theta[k + 2]!));
  }
  const floor = theta[FLOOR]!;
  const top = Math.max(power, floor);
  return top + Math.log(Math.exp(power - top) + Math.exp(floor - top));
};

/** A floor this share lower than none is not worth having: it only follows the search down. */
const NO_GAIN = 1e-9;

/** The better of the best fit with a floor and the best without, whose floor then stands at its bound. */
const search = (
  u: readonly number[],
  ly: readonly number[],
  breaks: number,
  weights: readonly number[] | undefined,
): LeastSquaresFit | undefined => {
  const rows = sampleAlong(u, SCREENED);
  const sampled = (column: readonly number[]) => rows.map((i) => column[i]!);
  const starts = startingPoints(sampled(u), sampled(ly), breaks, weights && sampled(weights));
  const roots = weights?.map(Math.sqrt);
  const residuals = (theta: readonly number[]) => (i: number) => (roots?.[i] ?? 1) * (logBroken(theta, u[i]!) - ly[i]!);
  const withFloor = levenbergMarquardt(
    u.length,
    residuals,
    starts.filter((theta) => theta[FLOOR] !== NONE),
    rows,
  );
  const without = levenbergMarquardt(
    u.length,
    (rest) => residuals([NONE, ...rest]),
    starts.filter((theta) => theta[FLOOR] === NONE).map((theta) => theta.slice(1)),
    rows,
  );
  if (without && !(withFloor && withFloor.sse < without.sse * (1 - NO_GAIN))) return atFloorZero(without);
  return withFloor;
};

const atFloorZero = ({ theta, unscaledCovariance, ...rest }: LeastSquaresFit): LeastSquaresFit => ({
  ...rest,
  theta: [NONE, ...theta],
  unscaledCovariance:
    unscaledCovariance &&
    embedded(
      unscaledCovariance,
      theta.map((_, j) => j + 1),
      theta.length + 1,
    ),
});

/** θ and its covariance with ln x measured from zero: the level takes up the slope, the breaks move along. */
const moved = (fit: LeastSquaresFit, centre: number): LeastSquaresFit => {
  const theta = fit.theta.map((v, j) => (isBreakPoint(j) ? v + centre : v));
  theta[LEVEL]! += fit.theta[SLOPE]! * centre;
  const change = identity(theta.length);
  change[LEVEL]![SLOPE] = centre;
  const { unscaledCovariance: v } = fit;
  return { ...fit, theta, unscaledCovariance: v && congruence(change, v) };
};

const isBreakPoint = (j: number): boolean => j >= FIRST_BREAK && (j - FIRST_BREAK) % PER_BREAK === 0;

const statusOf = (fit: LeastSquaresFit, u: readonly number[]): BrokenLaw["status"] => {
  if (!fit.converged) return "stopped-early";
  const [low, high] = extent(u);
  const outside = fit.theta.some((d, j) => isBreakPoint(j) && (d < low || d > high));
  if (outside || !fit.unscaledCovariance) return "unidentified";
  return fit.theta[FLOOR] === NONE ? "bound" : "converged";
};

/** One smooth break: the slope in log-log changes by −slope near x = at, over a range of ln x of about `width`. */
const breakSchema = record({
  /** d_i, in the unit of x. */
  at: fields.coefficient,
  /** c_i. */
  slope: fields.estimate,
  /** f_i: small is sharp. */
  width: fields.coefficient,
});

const schema = fields.checked(
  record({
    ok: v.exactOptional(fields.ok),
    kind: v.literal("broken"),
    status: choice(["converged", "bound", "unidentified", "stopped-early"]),
    /** a ≥ 0, the limit; exactly 0 where `status` is `bound`. */
    floor: fields.estimateOf(fields.notNegative),
    coefficient: fields.coefficient,
    /** ln b: what was fitted. */
    logCoefficient: fields.estimate,
    /** c₀, of the first segment. */
    exponent: fields.estimate,
    breaks: fields.list(breakSchema),
    /** Sum of weighted squared residuals of ln y. */
    sumOfSquares: fields.notNegative,
    criteria: fields.criteria,
    points: whole(),
    degreesOfFreedom: whole(),
    /** Internal parameters: ln a (−Infinity where there is no floor), ln b, c₀, then ln d, c, ln f of each break. */
    theta: fields.list(fields.logarithm),
  }),
  ({ theta, breaks, floor, points, degreesOfFreedom }) => {
    const size = FIRST_BREAK + PER_BREAK * breaks.length;
    if (theta.length !== size) return { path: ["theta"], input: theta, right: `a list of ${size}` };
    const j = theta.findIndex((value, k) => !(Number.isFinite(value) || (k === FLOOR && floor.value === 0)));
    if (j >= 0) return { path: ["theta", j], input: theta[j], right: "a finite number" };
    if (degreesOfFreedom === points - size) return undefined;
    return { path: ["degreesOfFreedom"], input: degreesOfFreedom, right: String(points - size) };
  },
);

const valueAt = ({ theta }: BrokenLaw, x: number): number => Math.exp(logBroken(theta, Math.log(x)));

export const broken: LawForm<BrokenLaw> = {
  name: "broken",
  formula: "y = floor + coefficient · x^−exponent · Π (1 + (x/at)^(1/width))^(−slope·width)",
  options: { breaks: v.optional(v.picklist([1, 2], "1 or 2"), 1) },
  schema,
  caveats: { bound: "the best floor is zero: these points show no floor" },
  weighted: true,
  fit: (x, y, options: BrokenLawOptions) => brokenLaw(x, y, options),
  value: valueAt,
  // The breaks beyond the data are unknown: no band is honest, and no interval.
  band: () => undefined,
  predict: (law, x) => ({ value: valueAt(law, x) }),
  objective: ({ sumOfSquares }) => ({ name: "log-squares", value: sumOfSquares }),
  estimates: ({ floor, coefficient, exponent, breaks }) => {
    const ofBreaks = breaks.flatMap(({ at, slope, width }, i) => [
      [`at ${i + 1}`, at],
      [`slope ${i + 1}`, slope],
      [`width ${i + 1}`, width],
    ]);
    return { floor, coefficient, exponent, ...Object.fromEntries(ofBreaks) };
  },
  floor: ({ floor }) => floor,
  breaks: ({ breaks }) => breaks.map(({ at }) => at),
  remark: ({ sumOfSquares, criteria: { aicc } }, num) =>
    `sum of squared residuals of ln y: ${num(sumOfSquares, 6)}; AICc ${num(aicc, 6)}`,
  equation: ({ exponent, breaks }, _, num) => {
    const slopes = [-exponent.value];
    for (const { slope } of breaks) slopes.push(slopes.at(-1)! - slope.value);
    return `slopes ${slopes.map((slope) => num(slope, 3)).join(", then ")}`;
  },
};
