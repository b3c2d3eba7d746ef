import { medianAbsoluteDeviation } from "simple-statistics";
import { estimate } from "../inference/estimate.js";
import { apply, dot, type LeastSquares, leastSquares, type Matrix, quadraticForm } from "../math/linear.js";
import type { Parabola } from "./vertex.js";

export interface ParabolaOptions {
  /** Least squares, or Huber's M-estimate by iteratively reweighted least squares. */
  readonly loss?: "squared" | "huber" | undefined;
  /** Huber's corner in units of y. Default 1.345 robust standard deviations of the residuals. */
  readonly huberDelta?: number | undefined;
  /** Known standard errors of y. */
  readonly sigma?: readonly number[] | undefined;
  /** Weights of the points; the residual variance is then that of a point of weight one. */
  readonly weights?: readonly number[] | undefined;
}

/** How an optimum moves with each y: derivatives of x* and of y*. */
export interface Response {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Fits a parabola. Standard errors of the vertex are by the delta method.
 * @returns undefined with fewer than three distinct x.
 */
export const fitParabola = (
  x: readonly number[],
  y: readonly number[],
  options: ParabolaOptions = {},
): Parabola | undefined => parabolaAndResponse(x, y, options)?.parabola;

/** The parabola, and what each point does to its vertex (of Huber's: at the weights it ended with). */
export const parabolaAndResponse = (
  x: readonly number[],
  y: readonly number[],
  options: ParabolaOptions = {},
): { readonly parabola: Parabola; readonly response: () => Response } | undefined => {
  const centre = x.reduce((s, v) => s + v, 0) / x.length;
  const design = x.map((v) => [1, v - centre, (v - centre) ** 2]);
  const found = options.loss === "huber" ? huberFit(design, y, options) : weighted(design, y, options.weights);
  if (!found) return undefined;
  const { fit, weights } = found;
  const [c0, c1, c2] = fit.coefficients as [number, number, number];
  const vertex = -c1 / (2 * c2);
  const dof = fit.degreesOfFreedom;
  const variance = dof > 0 ? fit.rss / dof : Number.NaN;
  const vertexGradient = [0, -1 / (2 * c2), c1 / (2 * c2 * c2)];
  const valueGradient = [1, vertex, vertex * vertex];
  const leverage = quadraticForm(fit.unscaledCovariance, valueGradient);
  const at = (value: number, unscaledVariance: number) => estimate(value, Math.sqrt(variance * unscaledVariance), dof);
  const weight = (i: number) => weights?.[i] ?? 1;
  const respond = (gradient: readonly number[]): number[] => {
    const m = apply(fit.unscaledCovariance, gradient);
    return design.map((row, i) => weight(i) * dot(row, m));
  };
  const { sigma } = options;
  // Var(gᵀβ̂) = Σ (∂gᵀβ̂/∂yᵢ)² σᵢ², whatever the weights were.
  const known =
    sigma &&
    ((gradient: readonly number[]) => Math.sqrt(respond(gradient).reduce((s, r, i) => s + (r * sigma[i]!) ** 2, 0)));
  const parabola: Parabola = {
    x: at(vertex + centre, quadraticForm(fit.unscaledCovariance, vertexGradient)),
    y: at(c0 - (c1 * c1) / (4 * c2), leverage),
    curvature: at(c2, fit.unscaledCovariance[2]![2]!),
    residualVariance: variance,
    degreesOfFreedom: dof,
    vertexLeverage: leverage,
    ...(known && { fromKnownNoise: { x: known(vertexGradient), y: known(valueGradient) } }),
    sumOfSquares: fit.residuals.reduce((sum, r) => sum + r * r, 0),
    residuals: fit.residuals,
    leverages: design.map((row, i) => weight(i) * quadraticForm(fit.unscaledCovariance, row)),
  };
  return { parabola, response: () => ({ x: respond(vertexGradient), y: respond(valueGradient) }) };
};

interface Weighted {
  readonly fit: LeastSquares;
  readonly weights?: readonly number[] | undefined;
}

const weighted = (design: Matrix, y: readonly number[], weights?: readonly number[]): Weighted | undefined => {
  const fit = leastSquares(design, y, weights);
  return fit && { fit, weights };
};

const huberFit = (design: Matrix, y: readonly number[], options: ParabolaOptions): Weighted | undefined => {
  const { huberDelta, weights: given } = options;
  let found = weighted(design, y, given);
  for (let i = 0; found && i < 100; i++) {
    const before: LeastSquares = found.fit;
    const residuals = before.residuals.map((r, k) => r * Math.sqrt(given?.[k] ?? 1));
    const corner = huberDelta ?? 1.345 * 1.4826 * medianAbsoluteDeviation([...residuals]);
    if (!(corner > 0)) return found;
    const weights = residuals.map((r, k) => (given?.[k] ?? 1) * Math.min(1, corner / Math.abs(r)));
    const next = weighted(design, y, weights);
    if (!next) return found;
    const moved = Math.max(
      ...next.fit.coefficients.map((c, j) => Math.abs(c - before.coefficients[j]!) / (Math.abs(c) + 1e-300)),
    );
    found = next;
    if (moved < 1e-12) break;
  }
  return found;
};
