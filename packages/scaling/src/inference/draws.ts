import { ScalingError } from "../errors.js";
import { apply, cholesky, type Matrix } from "../math/linear.js";
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
    const shift = apply(
      factor,
      centre.map(() => normal()),
    );
    return centre.map((v, i) => v + scale * shift[i]!);
  });
};

/** Lower factor L with L Lᵀ = covariance, zero rows for what is fixed; rounding may need a hair on the diagonal. */
const rootOf = (covariance: Matrix): number[][] => {
  const free = covariance.flatMap((row, i) => (row[i]! > 0 ? [i] : []));
  const out = covariance.map((row) => row.map(() => 0));
  if (free.length === 0) return out;
  const block = (jitter: number) => free.map((i) => free.map((j) => covariance[i]![j]! * (i === j ? 1 + jitter : 1)));
  const factor = cholesky(block(0)) ?? cholesky(block(1e-12)) ?? cholesky(block(1e-9));
  if (!factor) throw new ScalingError("bad-value", "the covariance of the law is not positive definite");
  free.forEach((i, a) => {
    free.forEach((j, b) => {
      out[i]![j] = factor[a]![b]!;
    });
  });
  return out;
};
