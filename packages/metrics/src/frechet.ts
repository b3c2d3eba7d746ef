import { finite } from "./errors.js";
import { type FeatureProvenance, type Features, provenance } from "./features.js";
import { centred, checkGaussian, type Gaussian, gaussian, meanOf } from "./gaussian.js";
import { semidefiniteFactor } from "./linear/cholesky.js";
import { type DenseMatrix, timesTransposed, trace } from "./linear/matrix.js";
import { nuclearNorm } from "./linear/nuclear.js";

/** A Fréchet distance and its two terms. Never call it FID unless the extractor is FID's Inception. */
export interface FrechetDistance extends FeatureProvenance {
  readonly metric: "frechet-distance";
  /** Squared distance of the Gaussians: `meanTerm` + `covarianceTerm`. */
  readonly value: number;
  readonly meanTerm: number;
  readonly covarianceTerm: number;
  /**
   * `rank-deficient` if a covariance lacks full rank, as it must with no more samples than dimensions: the value is then
   * that of two flattened Gaussians and biased upward. Prefer the kernel distance there.
   */
  readonly status: "ok" | "rank-deficient";
}

interface Factored {
  readonly mean: Float64Array;
  /** F with FᵀF the covariance. */
  readonly factor: DenseMatrix;
  readonly trace: number;
  readonly rank: number;
}

const squares = ({ data }: DenseMatrix): number => {
  let sum = 0;
  for (const value of data) sum += value * value;
  return sum;
};

/** With few samples the centred rows are the factor, so no rounding of a covariance is ever square-rooted. */
const factored = (from: Features | Gaussian): Factored => {
  if (!("covariance" in from) && from.count <= from.dim) {
    const mean = meanOf(from);
    const factor = centred(from, mean);
    return { mean, factor, trace: squares(factor), rank: from.count - 1 };
  }
  const { mean, covariance, dim } = "covariance" in from ? from : gaussian(from);
  const matrix = { rows: dim, columns: dim, data: covariance };
  const factor = semidefiniteFactor(matrix);
  return { mean, factor, trace: trace(matrix), rank: factor.rows };
};

/**
 * |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½ (Fréchet 1957; FID, arXiv 1706.08500). With Σ = FᵀF the last trace is the
 * sum of the singular values of F₁F₂ᵀ, which needs no square root of a matrix. Takes features, or statistics of them.
 * @throws MetricsError for features that do not compare, fewer than two samples, a covariance that is none or
 * features too large to square.
 */
export const frechetDistance = (real: Features | Gaussian, generated: Features | Gaussian): FrechetDistance => {
  const from = provenance(real, generated, 2);
  for (const side of [real, generated]) if ("covariance" in side) checkGaussian(side);
  const [a, b] = [factored(real), factored(generated)];
  let meanTerm = 0;
  for (let i = 0; i < a.mean.length; i++) meanTerm += (a.mean[i]! - b.mean[i]!) ** 2;
  const difference = a.trace + b.trace - 2 * nuclearNorm(timesTransposed(a.factor, b.factor));
  const covarianceTerm = Math.max(0, difference);
  const value = finite("Fréchet distance", meanTerm + covarianceTerm);
  const status = Math.min(a.rank, b.rank) < real.dim ? "rank-deficient" : "ok";

  return { metric: "frechet-distance", value, meanTerm, covarianceTerm, status, ...from };
};
