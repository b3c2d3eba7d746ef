import { type Criteria, criteria } from "../inference/criteria.js";
import { levenbergMarquardt } from "../math/levenberg.js";
import { logarithms } from "../math/logarithms.js";
import { ascending } from "../math/quantile.js";
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
  /** a ≥ 0, the limit. */
  readonly floor: Estimate;
  readonly coefficient: Estimate;
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

/** Fits a broken law by least squares of ln y from a grid of break points. Needs 3 + 3·breaks + 2 points. */
export function brokenLaw(
  x: readonly number[],
  y: readonly number[],
  options: { readonly breaks?: 1 | 2 } = {},
): Outcome<BrokenLaw> {
  const { breaks = 1 } = options;
  const p = 3 + PER_BREAK * breaks;
  if (new Set(x).size < p + 2) {
    return refuse(
      "too-few-points",
      `${new Set(x).size} distinct x; a law with ${breaks} break${breaks > 1 ? "s" : ""} needs ${p + 2}`,
    );
  }
  const lx = logarithms("x", x);
  const ly = logarithms("y", y);
  const sorted = ascending(lx);
  const low = sorted[0]!;
  const high = sorted[sorted.length - 1]!;
  const residuals = (theta: readonly number[]) => lx.map((v, i) => logBroken(theta, v) - ly[i]!);
  const fit = levenbergMarquardt(residuals, startingPoints(lx, ly, low, high, breaks));
  if (!fit) return refuse("unidentified", "no start has a finite objective");
  const dof = x.length - p;
  const variance = fit.sse / dof;
  const lowest = Math.min(...y);
  const outside = Array.from({ length: breaks }, (_, k) => fit.theta[3 + PER_BREAK * k]!).some(
    (d) => d < low || d > high,
  );
  const atBound = Math.exp(fit.theta[0]!) < 1e-6 * lowest;
  return {
    ok: true,
    kind: "broken",
    status: !fit.converged
      ? "stopped-early"
      : outside || (!fit.unscaledCovariance && !atBound)
        ? "unidentified"
        : atBound
          ? "bound"
          : "converged",
    floor: logEstimate(fit, 0, variance, dof),
    coefficient: logEstimate(fit, 1, variance, dof),
    exponent: thetaEstimate(fit, 2, variance, dof),
    breaks: Array.from({ length: breaks }, (_, k) => ({
      at: logEstimate(fit, 3 + PER_BREAK * k, variance, dof),
      slope: thetaEstimate(fit, 4 + PER_BREAK * k, variance, dof),
      width: logEstimate(fit, 5 + PER_BREAK * k, variance, dof),
    })),
    sumOfSquares: fit.sse,
    criteria: criteria(fit.sse, x.length, p),
    points: x.length,
    theta: fit.theta,
  };
}

/** The law at x. */
export const evaluateBroken = (law: Pick<BrokenLaw, "theta">, x: number): number =>
  Math.exp(logBroken(law.theta, Math.log(x)));

function logBroken(theta: readonly number[], lx: number): number {
  let power = theta[1]! - theta[2]! * lx;
  for (let k = 3; k < theta.length; k += PER_BREAK) {
    const width = Math.exp(theta[k + 2]!);
    power -= theta[k + 1]! * width * softplus((lx - theta[k]!) / width);
  }
  const floor = theta[0]!;
  const top = Math.max(power, floor);
  return top + Math.log(Math.exp(power - top) + Math.exp(floor - top));
}

const softplus = (v: number): number => (v > 30 ? v : Math.log1p(Math.exp(v)));

function startingPoints(
  lx: readonly number[],
  ly: readonly number[],
  low: number,
  high: number,
  breaks: number,
): number[][] {
  const first = lx.indexOf(low);
  const last = lx.indexOf(high);
  const slope = Math.max(0.01, -(ly[last]! - ly[first]!) / (high - low));
  const lowest = Math.min(...ly);
  const places = [0.2, 0.35, 0.5, 0.65, 0.8].map((share) => low + share * (high - low));
  const pairs =
    breaks === 1 ? places.map((d) => [d]) : places.flatMap((d, i) => places.slice(i + 1).map((e) => [d, e]));
  const out: number[][] = [];
  for (const at of pairs) {
    for (const change of [-slope, slope]) {
      for (const floor of [lowest - 3, lowest - 0.3]) {
        out.push([floor, ly[first]! + slope * low, slope, ...at.flatMap((d) => [d, change, Math.log(0.3)])]);
      }
    }
  }
  return out;
}
