import { leastSquares, type Matrix } from "../math/linear.js";

/** Least squares of y = E + exp(a − α u) at a fixed floor E: two parameters, a few Gauss–Newton steps. */
export interface FloorFit {
  readonly floor: number;
  /** ln A at u = 0. */
  readonly a: number;
  readonly alpha: number;
  readonly sse: number;
  /** (JᵀWJ)⁻¹ for (a, α). */
  readonly unscaledCovariance: Matrix;
}

/** Residuals of y itself, or of ln y as the published saturating fits have it. */
export type ResidualScale = "raw" | "log";

/**
 * @param u ln C, centred by the caller so that a and α are nearly independent
 * @param floor below every y
 * @returns undefined when no finite fit exists (all u equal).
 */
export function fitGivenFloor(
  u: readonly number[],
  y: readonly number[],
  floor: number,
  scale: ResidualScale,
  weights?: readonly number[],
): FloorFit | undefined {
  const start = leastSquares(
    u.map((v) => [1, -v]),
    y.map((v) => Math.log(v - floor)),
    // Errors of y are magnified by 1 / (y − E) in the logarithm.
    y.map((v, i) => (weights?.[i] ?? 1) * (v - floor) ** 2),
  );
  if (!start) return undefined;
  let [a, alpha] = start.coefficients as [number, number];
  let current = linearise(u, y, floor, scale, a, alpha);
  let sse = weightedSquares(current.residuals, weights);
  let covariance: Matrix | undefined;
  for (let i = 0; i < 60; i++) {
    const step = leastSquares(current.jacobian, current.residuals, weights);
    if (!step) break;
    covariance = step.unscaledCovariance;
    let fraction = 1;
    let improved = false;
    for (let halvings = 0; halvings < 30; halvings++, fraction /= 2) {
      const na = a - fraction * step.coefficients[0]!;
      const nalpha = alpha - fraction * step.coefficients[1]!;
      const next = linearise(u, y, floor, scale, na, nalpha);
      const nextSse = weightedSquares(next.residuals, weights);
      if (nextSse < sse) {
        improved = sse - nextSse > 1e-14 * sse;
        [a, alpha, current, sse] = [na, nalpha, next, nextSse];
        break;
      }
    }
    if (!improved) break;
  }
  return covariance && { floor, a, alpha, sse, unscaledCovariance: covariance };
}

function linearise(
  u: readonly number[],
  y: readonly number[],
  floor: number,
  scale: ResidualScale,
  a: number,
  alpha: number,
) {
  const residuals: number[] = [];
  const jacobian: number[][] = [];
  for (let i = 0; i < u.length; i++) {
    const reducible = Math.exp(a - alpha * u[i]!);
    const value = floor + reducible;
    const slope = scale === "log" ? reducible / value : reducible;
    residuals.push(scale === "log" ? Math.log(value / y[i]!) : value - y[i]!);
    jacobian.push([slope, -u[i]! * slope]);
  }
  return { residuals, jacobian };
}

const weightedSquares = (r: readonly number[], weights: readonly number[] | undefined): number =>
  r.reduce((s, v, i) => s + (weights?.[i] ?? 1) * v * v, 0);
