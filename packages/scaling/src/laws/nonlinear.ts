import { studentFactor95 } from "../math/distributions.js";
import type { LeastSquaresFit } from "../math/levenberg.js";
import type { Estimate } from "../types.js";
import { exponentiate } from "./power.js";

/** Estimate of θ_j of a nonlinear least-squares fit. */
export function thetaEstimate(fit: LeastSquaresFit, j: number, variance: number, dof: number): Estimate {
  const value = fit.theta[j]!;
  const standardError = fit.unscaledCovariance
    ? Math.sqrt(Math.max(0, variance * fit.unscaledCovariance[j]![j]!))
    : Number.NaN;
  const half = studentFactor95(dof) * standardError;
  return { value, standardError, ci95: [value - half, value + half] };
}

/** Estimate of exp θ_j, its interval from the logarithm. */
export const logEstimate = (fit: LeastSquaresFit, j: number, variance: number, dof: number): Estimate =>
  exponentiate(thetaEstimate(fit, j, variance, dof));
