import { ScalingError } from "../errors.js";
import { apply, cholesky, embedded, type Matrix } from "../math/linear.js";
import { normals, type Random } from "../math/random.js";

/**
 * Parameters from a multivariate t: their covariance, with a χ² scale for their few degrees of freedom.
 * @throws ScalingError `bad-value` for a covariance that is not positive definite
 */
export const drawParameters = (
  centre: readonly number[],
  covariance: Matrix,
  degreesOfFreedom: number,
  count: number,
  uniform: Random,
): number[][] => {
  const normal = normals(uniform);
  const factor = rootOf(covariance);
  return Array.from({ length: count }, () => {
    let chi = 0;
    for (let i = 0; i < degreesOfFreedom; i++) chi += normal() ** 2;
    const scale = Math.sqrt(degreesOfFreedom / chi);
    const deviates = centre.map(() => normal());
    const shift = apply(factor, deviates);
    return centre.map((v, i) => v + scale * shift[i]!);
  });
};

/** Lower factor L with L Lᵀ = covariance, zero rows for what is fixed; rounding may need a hair on the diagonal. */
const rootOf = (covariance: Matrix): number[][] => {
  const free = covariance.flatMap((row, i) => (row[i]! > 0 ? [i] : []));
  const block = (jitter: number) => free.map((i) => free.map((j) => covariance[i]![j]! * (i === j ? 1 + jitter : 1)));
  const factor = cholesky(block(0)) ?? cholesky(block(1e-12)) ?? cholesky(block(1e-9));
  if (!factor) throw new ScalingError("bad-value", "the covariance of the law is not positive definite");
  return embedded(factor, free, covariance.length);
};

/** Above this share of refusals the survivors are a biased sample. */
const LARGEST_FAILED_SHARE = 0.2;

export const tooManyFailed = (failed: number, resamples: number): boolean => failed > LARGEST_FAILED_SHARE * resamples;
