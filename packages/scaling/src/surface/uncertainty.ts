import { estimate, exponentiate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import { quadraticForm } from "../math/linear.js";
import type { Estimate, Predicted } from "../types.js";
import { SIX } from "./form.js";
import { logSurfaceLoss, type ModelAndData, type Surface } from "./surface.js";
import type { SurfaceFit } from "./surface-fit.js";

/** A number that follows from a surface. */
export type Statistic = (surface: Surface) => number;

/** A surface with its errors. */
export type UncertainSurface = Surface & Pick<SurfaceFit, "covariance" | "degreesOfFreedom">;

/** Relative step of the central differences; statistics here are smooth and θ is of order one. */
const STEP = 1e-5;

/** ∂ statistic / ∂θ by central differences. */
export const statisticGradient = (surface: Surface, statistic: Statistic): number[] => {
  const { form, theta, flopsPerToken = SIX, centre } = surface;
  return theta.map((value, j) => {
    if (!Number.isFinite(value)) return 0;
    const at = (sign: number) =>
      statistic({ form, theta: theta.with(j, value + sign * STEP), flopsPerToken, ...(centre && { centre }) });
    return (at(1) - at(-1)) / (2 * STEP);
  });
};

/**
 * Delta-method estimate of any smooth number computed from a fitted surface. NaN errors when the fit has no covariance.
 * Ask for the logarithm of what must be positive, and exponentiate the interval.
 */
export const deltaMethod = (fit: UncertainSurface, statistic: Statistic): Estimate => {
  const value = statistic(fit);
  const gradient = statisticGradient(fit, statistic);
  const standardError = fit.covariance ? Math.sqrt(Math.max(0, quadraticForm(fit.covariance, gradient))) : Number.NaN;
  return estimate(value, standardError, fit.degreesOfFreedom);
};

/** Loss of a model of size N trained on D tokens, with a delta-method band. It does not cover a wrong form. */
export const surfaceBand = (
  fit: UncertainSurface & Pick<SurfaceFit, "residualStandardDeviation">,
  model: ModelAndData,
): Required<Predicted> => {
  const log = deltaMethod(fit, (surface) => logSurfaceLoss(surface, model));
  const half = studentFactor95(fit.degreesOfFreedom) * Math.hypot(log.standardError, fit.residualStandardDeviation);
  const { value, ci95 } = exponentiate(log);
  return { value, ci95, interval95: [Math.exp(log.value - half), Math.exp(log.value + half)] };
};
