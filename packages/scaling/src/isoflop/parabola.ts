import { medianAbsoluteDeviation } from "simple-statistics";
import { estimate } from "../inference/estimate.js";
import { apply, dot, type LeastSquares, leastSquares, type Matrix, quadraticForm } from "../math/linear.js";
import type { Parabola } from "./record.js";

export interface ParabolaOptions {
  /** Least squares, or Huber's M-estimate by iteratively reweighted least squares. */
  readonly loss?: "squared" | "huber" | undefined;
  /** Huber's corner in units of y. Default 1.345 robust standard deviations of the residuals. */
  readonly huberDelta?: number | undefined;
  /** Known standard errors of y. */
  readonly sigma?: readonly number[] | undefined;
}

/**
 * Fits a parabola. Standard errors of the vertex are by the delta method.
 * @returns undefined with fewer than three distinct x.
 */
export const fitParabola = (
  x: readonly number[],
  y: readonly number[],
  options: ParabolaOptions = {},
): Parabola | undefined => {
  const centre = x.reduce((s, v) => s + v, 0) / x.length;
  const design = x.map((v) => [1, v - centre, (v - centre) ** 2]);
  const fit = options.loss === "huber" ? huberFit(design, y, options.huberDelta) : leastSquares(design, y);
  if (!fit) return undefined;
  const [c0, c1, c2] = fit.coefficients as [number, number, number];
  const vertex = -c1 / (2 * c2);
  const dof = fit.degreesOfFreedom;
  const variance = dof > 0 ? fit.rss / dof : Number.NaN;
  const vertexGradient = [0, -1 / (2 * c2), c1 / (2 * c2 * c2)];
  const valueGradient = [1, vertex, vertex * vertex];
  const leverage = quadraticForm(fit.unscaledCovariance, valueGradient);
  const at = (value: number, unscaledVariance: number) => estimate(value, Math.sqrt(variance * unscaledVariance), dof);
  const { sigma } = options;
  const known = sigma && ((gradient: readonly number[]) => propagate(design, fit, sigma, gradient));
  return {
    x: at(vertex + centre, quadraticForm(fit.unscaledCovariance, vertexGradient)),
    y: at(c0 - (c1 * c1) / (4 * c2), leverage),
    curvature: at(c2, fit.unscaledCovariance[2]![2]!),
    residualVariance: variance,
    degreesOfFreedom: dof,
    vertexLeverage: leverage,
    ...(known && { fromKnownNoise: { x: known(vertexGradient), y: known(valueGradient) } }),
    sumOfSquares: fit.residuals.reduce((sum, r) => sum + r * r, 0),
    residuals: fit.residuals,
    leverages: design.map((row) => quadraticForm(fit.unscaledCovariance, row)),
  };
};

/** Var(gᵀβ̂) = Σ (gᵀ(XᵀX)⁻¹xᵢ)² σᵢ² for unweighted least squares with known, unequal noise. */
const propagate = (
  design: Matrix,
  fit: LeastSquares,
  sigma: readonly number[],
  gradient: readonly number[],
): number => {
  const m = apply(fit.unscaledCovariance, gradient);
  return Math.sqrt(design.reduce((sum, row, i) => sum + dot(row, m) ** 2 * sigma[i]! ** 2, 0));
};

const huberFit = (
  design: readonly number[][],
  y: readonly number[],
  delta: number | undefined,
): LeastSquares | undefined => {
  let fit = leastSquares(design, y);
  for (let i = 0; fit && i < 100; i++) {
    const corner = delta ?? 1.345 * 1.4826 * medianAbsoluteDeviation([...fit.residuals]);
    if (!(corner > 0)) return fit;
    const weights = fit.residuals.map((r) => Math.min(1, corner / Math.abs(r)));
    const next = leastSquares(design, y, weights);
    if (!next) return fit;
    const moved = Math.max(
      ...next.coefficients.map((c, j) => Math.abs(c - fit!.coefficients[j]!) / (Math.abs(c) + 1e-300)),
    );
    fit = next;
    if (moved < 1e-12) break;
  }
  return fit;
};
