import { estimate, exponentiate } from "../inference/estimate.js";
import type { LeastSquaresFit } from "../math/levenberg.js";
import type { Estimate } from "../types.js";

/** Estimate of θ_j of a nonlinear least-squares fit. */
export const thetaEstimate = (fit: LeastSquaresFit, j: number, variance: number, dof: number): Estimate => {
  const spread = fit.unscaledCovariance ? variance * fit.unscaledCovariance[j]![j]! : Number.NaN;
  return estimate(fit.theta[j]!, Math.sqrt(Math.max(0, spread)), dof);
};

/** Estimate of exp θ_j, its interval from the logarithm. */
export const logEstimate = (fit: LeastSquaresFit, j: number, variance: number, dof: number): Estimate =>
  exponentiate(thetaEstimate(fit, j, variance, dof));
