import { type Criteria, criteria } from "../inference/criteria.js";
import { extent } from "../math/extent.js";
import { type LeastSquaresFit, levenbergMarquardt, SCREENED } from "../math/levenberg.js";
import { leastSquares, multiply, transpose } from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import { sampleAlong } from "../math/sample.js";
import { type Estimate, type FitStatus, type Outcome, refuse } from "../types.js";
import { logEstimate, thetaEstimate } from "./nonlinear.js";

/** One smooth break of a broken law: the slope in log-log changes by −slope near x = at, over a range of ln x of about `width`. */
export interface Break {
  /** d_i, in the unit of x. */
  readonly at: Estimate;
  /** c_i. */
  readonly slope: Estimate;
  /** f_i: small is sharp. */
  readonly width: Estimate;
}

/** Broken neural scaling law (Caballero et al. 2022, eq. 1): y = a + b x^−c₀ Π (1 + (x/d_i)^(1/f_i))^(−c_i f_i). */
export interface BrokenLaw {
  readonly kind: "broken";
  readonly status: Extract<FitStatus, "converged" | "bound" | "unidentified" | "stopped-early">;
  /** a ≥ 0, the limit; exactly 0 where `status` is `bound`. */
  readonly floor: Estimate;
  readonly coefficient: Estimate;
  /** ln b: what was fitted. */
  readonly logCoefficient: Estimate;
  /** c₀, of the first segment. */
  readonly exponent: Estimate;
  readonly breaks: readonly Break[];
  /** Sum of squared residuals of ln y. */
  readonly sumOfSquares: number;
  readonly criteria: Criteria;
  readonly points: number;
  /** Internal parameters: ln a, ln b, c₀, then ln d, c, ln f of each break. */
  readonly theta: readonly number[];
}

const PER_BREAK = 3;
const FLOOR = 0;
const LEVEL = 1;
const SLOPE = 2;
const FIRST_BREAK = 3;

/**
 * Fits a broken law by least squares of ln y, with a floor and without, from the best of a grid of floors, break points and widths.
 * Needs 3 + 3·breaks + 2 points.
 */
export const brokenLaw = (
  x: readonly number[],
  y: readonly number[],
  options: { readonly breaks?: 1 | 2 } = {},
): Outcome<BrokenLaw> => {
  const { breaks = 1 } = options;
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
  const fit = search(u, ly, breaks);
  if (!fit) return refuse("unidentified", "no start has a finite objective");
  const law = moved(fit, centre);
  const dof = x.length - p;
  const variance = fit.sse / dof;
  const at = (j: number) => thetaEstimate(law, j, variance, dof);
  const logAt = (j: number) => logEstimate(law, j, variance, dof);
  const breakAt = (k: number): Break => {
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
    theta: law.theta,
  };
};

/** The law at x. */
export const evaluateBroken = (law: Pick<BrokenLaw, "theta">, x: number): number =>
  Math.exp(logBroken(law.theta, Math.log(x)));

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

/** f ln(1 + (x/d)^(1/f)): zero before the break, ln (x/d) after it. */
const bend = (lx: number, at: number, width: number): number => {
  const v = (lx - at) / width;
  return width * (v > 30 ? v : Math.log1p(Math.exp(v)));
};

/** A floor this share lower than none is not worth having: it only follows the search down. */
const NO_GAIN = 1e-9;

/** The better of the best fit with a floor and the best without, whose floor then stands at its bound. */
const search = (u: readonly number[], ly: readonly number[], breaks: number): LeastSquaresFit | undefined => {
  const rows = sampleAlong(u, SCREENED);
  const starts = startingPoints(
    rows.map((i) => u[i]!),
    rows.map((i) => ly[i]!),
    breaks,
  );
  const residuals = (theta: readonly number[]) => (i: number) => logBroken(theta, u[i]!) - ly[i]!;
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
  unscaledCovariance: unscaledCovariance && [
    new Array<number>(theta.length + 1).fill(0),
    ...unscaledCovariance.map((row) => [0, ...row]),
  ],
});

/** θ and its covariance with ln x measured from zero: the level takes up the slope, the breaks move along. */
const moved = (fit: LeastSquaresFit, centre: number): LeastSquaresFit => {
  const theta = fit.theta.map((v, j) => (isBreakPoint(j) ? v + centre : v));
  theta[LEVEL]! += fit.theta[SLOPE]! * centre;
  const change = theta.map((_, i) => theta.map((_, j) => (i === j ? 1 : i === LEVEL && j === SLOPE ? centre : 0)));
  const { unscaledCovariance: v } = fit;
  return { ...fit, theta, unscaledCovariance: v && multiply(multiply(change, v), transpose(change)) };
};

const isBreakPoint = (j: number): boolean => j >= FIRST_BREAK && (j - FIRST_BREAK) % PER_BREAK === 0;

const statusOf = (fit: LeastSquaresFit, u: readonly number[]): BrokenLaw["status"] => {
  if (!fit.converged) return "stopped-early";
  const [low, high] = extent(u);
  const outside = fit.theta.some((d, j) => isBreakPoint(j) && (d < low || d > high));
  if (outside || !fit.unscaledCovariance) return "unidentified";
  return fit.theta[FLOOR] === NONE ? "bound" : "converged";
};

/** Floors as shares of the smallest y. */
const FLOORS = [0, 0.1, 0.3, 0.6, 0.85, 0.95, 0.99];
/** Break points and widths as shares of the range of ln x. */
const PLACES = Array.from({ length: 11 }, (_, i) => (i + 0.5) / 11);
const WIDTHS = [0.015, 0.06, 0.2, 0.5];
/** Starts kept of each floor and width. */
const KEPT = 2;

/**
 * With floor, break points and widths given, ln (y − a) is linear in the rest: every cell of the grid is one linear fit, and the best
 * cells are where the search begins.
 */
const startingPoints = (u: readonly number[], ly: readonly number[], breaks: number): number[][] => {
  const [low, high] = extent(u);
  const lowest = Math.exp(extent(ly)[0]);
  const points = PLACES.map((share) => low + share * (high - low));
  const places =
    breaks === 1 ? points.map((d) => [d]) : points.flatMap((d, i) => points.slice(i + 1).map((e) => [d, e]));
  return FLOORS.flatMap((share) =>
    WIDTHS.flatMap((part) => {
      const width = part * (high - low);
      const fits = places.flatMap((at) => givenShape(u, ly, share * lowest, at, width) ?? []);
      return fits
        .sort((a, b) => a.rss - b.rss)
        .slice(0, KEPT)
        .map(({ theta }) => theta);
    }),
  );
};

const givenShape = (
  u: readonly number[],
  ly: readonly number[],
  floor: number,
  at: readonly number[],
  width: number,
): { readonly theta: number[]; readonly rss: number } | undefined => {
  const reducible = ly.map((v) => Math.exp(v) - floor);
  const fit = leastSquares(
    u.map((v) => [1, -v, ...at.map((d) => -bend(v, d, width))]),
    reducible.map(Math.log),
    // d ln y = (y − a)/y · d ln (y − a).
    reducible.map((v, i) => (v / Math.exp(ly[i]!)) ** 2),
  );
  if (!fit) return undefined;
  const [level, slope, ...changes] = fit.coefficients as [number, number, ...number[]];
  const lnWidth = Math.log(width);
  return {
    theta: [Math.log(floor), level, slope, ...at.flatMap((d, k) => [d, changes[k]!, lnWidth])],
    rss: fit.rss,
  };
};
