import { DiffusionError } from "../errors.js";

/** A mean of losses and the standard error of it. */
export interface MeanLoss {
  readonly mean: number;
  readonly stdErr: number;
}

/**
 * Mean of losses of which the i-th was measured at the i-th of n equal strata of the time density. One sample per
 * stratum has no variance of its own, so neighbours are taken as pairs of one stratum ("collapsed strata", Cochran,
 * Sampling Techniques, 1977, section 5A.12): Var = Σ (l₂ⱼ − l₂ⱼ₊₁)² / n². Slightly too large, never too small on
 * average. Var(losses)/n would be several times too large, as it counts how the loss depends on time.
 * @param losses an even number of at least 2
 * @throws DiffusionError("values") for another number of losses, or one that is not finite
 */
export const stratifiedMean = (losses: ArrayLike<number>): MeanLoss => {
  const n = losses.length;
  if (n < 2 || n % 2 !== 0)
    throw new DiffusionError("values", `stratifiedMean: got ${n} losses; it needs an even number of at least 2`);
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(losses[i]))
      throw new DiffusionError(
        "values",
        `stratifiedMean: loss ${i} of ${n} is ${losses[i]}; every loss must be finite`,
      );
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += losses[i]!;
    if (i % 2 === 1) squares += (losses[i - 1]! - losses[i]!) ** 2;
  }
  return { mean: sum / n, stdErr: Math.sqrt(squares) / n };
};

/**
 * Mean of a − b, losses of two models on the same images, noise and times. What both find hard cancels, so its standard
 * error is far smaller than that of either mean.
 * @throws DiffusionError("values") if there are not as many of each, an odd number, or one is not finite
 */
export const pairedDifference = (a: ArrayLike<number>, b: ArrayLike<number>): MeanLoss => {
  if (a.length !== b.length)
    throw new DiffusionError(
      "values",
      `pairedDifference: got ${a.length} and ${b.length} losses; they must be of the same samples`,
    );
  return stratifiedMean(Float64Array.from(a, (loss, i) => loss - b[i]!));
};
