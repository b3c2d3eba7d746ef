import { estimate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import { quadraticForm } from "../math/linear.js";
import type { Estimate, Interval, Parameters, Tokens } from "../types.js";
import type { SurfaceFit } from "./describe.js";
import { formOf, type Surface } from "./surface.js";

/** Relative step of the central differences; statistics here are smooth and θ is of order one. */
const STEP = 1e-5;

/** ∂ statistic / ∂θ by central differences. */
export const statisticGradient = (surface: Surface, statistic: (surface: Surface) => number): number[] =>
  surface.theta.map((value, j) => {
    if (!Number.isFinite(value)) return 0;
    const at = (sign: number) => {
      const theta = [...surface.theta];
      theta[j] = value + sign * STEP;
      return statistic({ form: surface.form, theta });
    };
    return (at(1) - at(-1)) / (2 * STEP);
  });

/**
 * Delta-method estimate of any smooth number computed from a fitted surface. NaN errors when the fit has no covariance.
 * Ask for the logarithm of what must be positive, and exponentiate the interval.
 */
export const deltaMethod = (fit: SurfaceFit, statistic: (surface: Surface) => number): Estimate => {
  const value = statistic(fit);
  const gradient = statisticGradient(fit, statistic);
  const standardError = fit.covariance ? Math.sqrt(Math.max(0, quadraticForm(fit.covariance, gradient))) : Number.NaN;
  return estimate(value, standardError, fit.degreesOfFreedom);
};

export interface SurfacePrediction {
  readonly value: number;
  /** Where the surface is, at 95 %. */
  readonly ci95: Interval;
  /** Where one new run would fall, at 95 %. */
  readonly interval95: Interval;
}

/** Loss of a model of size N trained on D tokens, with a delta-method band. It does not cover a wrong form. */
export const predictSurface = (
  fit: SurfaceFit,
  { N, D }: { readonly N: Parameters; readonly D: Tokens },
): SurfacePrediction => {
  const scratch = new Float64Array(fit.theta.length);
  const log = deltaMethod(fit, (s) => formOf(s).logLoss(s.theta, Math.log(N), Math.log(D), scratch));
  const half = studentFactor95(fit.degreesOfFreedom) * Math.hypot(log.standardError, fit.residualStandardDeviation);
  return {
    value: Math.exp(log.value),
    ci95: [Math.exp(log.ci95[0]), Math.exp(log.ci95[1])],
    interval95: [Math.exp(log.value - half), Math.exp(log.value + half)],
  };
};
