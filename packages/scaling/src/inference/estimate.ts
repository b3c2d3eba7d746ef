import { studentFactor95 } from "../math/distributions.js";
import type { LeastSquaresFit } from "../math/levenberg.js";
import type { Estimate } from "../types.js";

/** An estimate with Student's interval; infinite ends without degrees of freedom. */
export const estimate = (value: number, standardError: number, degreesOfFreedom: number): Estimate => {
  const half = degreesOfFreedom > 0 ? studentFactor95(degreesOfFreedom) * standardError : Number.POSITIVE_INFINITY;
  return { value, standardError, ci95: [value - half, value + half] };
};

/** An estimate of a logarithm, as an estimate of the number: interval ends carry over, the standard error to first order. */
export const exponentiate = (log: Estimate): Estimate => {
  const value = Math.exp(log.value);
  return { value, standardError: value * log.standardError, ci95: [Math.exp(log.ci95[0]), Math.exp(log.ci95[1])] };
};

/** Estimate of θ_j of a nonlinear least-squares fit. */
export const thetaEstimate = (fit: LeastSquaresFit, j: number, variance: number, dof: number): Estimate => {
  const spread = fit.unscaledCovariance ? variance * fit.unscaledCovariance[j]![j]! : Number.NaN;
  return estimate(fit.theta[j]!, Math.sqrt(Math.max(0, spread)), dof);
};

/** Estimate of exp θ_j, its interval from the logarithm. */
export const logEstimate = (fit: LeastSquaresFit, j: number, variance: number, dof: number): Estimate =>
  exponentiate(thetaEstimate(fit, j, variance, dof));
