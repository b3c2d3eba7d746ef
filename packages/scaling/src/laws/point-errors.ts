import { positive, ScalingError, sameLength } from "../errors.js";

/** What is known of the errors of points, one way or the other. */
export interface PointErrors {
  /** Standard errors of y, in its unit. */
  readonly sigma?: readonly number[] | undefined;
  /** Relative weights: 1 / variance of what is fitted, ln y or y, up to a factor. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Weights of residuals with a mean of 1, so that a residual standard deviation is that of a point of middling weight. Only ratios
 * matter: errors of a law come from its own scatter (the Birge ratio, below 1 or above), never from `sigma` alone.
 * @param scale what the residuals are of; a standard error of y is σ/y of ln y to first order
 * @returns undefined where every point counts the same
 * @throws ScalingError `bad-option` when both are given, `bad-value` for one that is not positive, or for more or fewer than points
 */
export const pointWeights = (
  y: readonly number[],
  { sigma, weights }: PointErrors,
  scale: "log" | "raw",
): number[] | undefined => {
  if (sigma && weights) throw new ScalingError("bad-option", "sigma and weights are given; expected one of them");
  const given = weights ?? sigma;
  if (!given) return undefined;
  const name = weights ? "weight" : "sigma";
  sameLength(given, `values of ${name}`, y, "of y");
  const checked = given.map((value, i) => positive(name, value, i + 1));
  const raw = weights ? checked : checked.map((s, i) => ((scale === "log" ? y[i]! : 1) / s) ** 2);
  const mean = raw.reduce((sum, w) => sum + w, 0) / raw.length;
  return raw.map((w) => w / mean);
};
