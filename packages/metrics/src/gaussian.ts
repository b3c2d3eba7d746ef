import { finite, integer, must } from "./errors.js";
import { type Comparable, checkFeatures, checkFinite, checkNumbers, type Features, row } from "./features.js";
import { type DenseMatrix, rowOf, zeros } from "./linear/matrix.js";

/** Mean and covariance of features: what reference statistics files hold. */
export interface Gaussian extends Comparable {
  /** (dim) */
  readonly mean: Float64Array;
  /** (dim, dim), row-major, divided by count − 1. */
  readonly covariance: Float64Array;
}

export const meanOf = (features: Features): Float64Array => {
  const mean = new Float64Array(features.dim);
  for (let i = 0; i < features.count; i++) {
    const values = row(features, i);
    for (let j = 0; j < values.length; j++) mean[j]! += values[j]!;
  }
  return mean.map((sum) => sum / features.count);
};

/** Rows less their mean, over √(count − 1): Z with ZᵀZ the covariance. */
export const centred = (features: Features, mean: Float64Array): DenseMatrix => {
  const out = zeros(features.count, features.dim);
  const scale = 1 / Math.sqrt(features.count - 1);
  for (let i = 0; i < features.count; i++) {
    const values = row(features, i);
    const line = rowOf(out, i);
    for (let j = 0; j < line.length; j++) line[j] = scale * (values[j]! - mean[j]!);
  }
  return out;
};

/**
 * Mean and covariance of features, in float64 and two passes.
 * @throws MetricsError("samples") below two rows, ("arithmetic") if the squares of the features go beyond float64.
 */
export const gaussian = (features: Features): Gaussian => {
  checkFeatures(features);
  const { extractor, count, dim } = features;
  must(count >= 2, "samples", `There is ${count} sample; a covariance needs at least 2.`);
  const mean = meanOf(features);
  const rows = centred(features, mean);
  const out = zeros(dim, dim);
  // Some samples at a time, so that they stay in the cache while the covariance passes by.
  const block = 32;
  for (let first = 0; first < count; first += block)
    for (let i = 0; i < dim; i++) {
      const target = rowOf(out, i);
      for (let n = first; n < Math.min(first + block, count); n++) {
        const line = rowOf(rows, n);
        const scale = line[i]!;
        for (let j = i; j < dim; j++) target[j]! += scale * line[j]!;
      }
    }
  for (let i = 0; i < dim; i++) for (let j = 0; j < i; j++) out.data[i * dim + j] = out.data[j * dim + i]!;
  for (let i = 0; i < dim; i++) finite("variance", out.data[i * dim + i]!);
  return { extractor, count, dim, mean, covariance: out.data };
};

/** @throws MetricsError if the arrays do not fit `dim`, are not finite, or the covariance is not symmetric. */
export const checkGaussian = ({ mean, covariance, dim, extractor }: Gaussian): void => {
  integer("dim", dim, 1);
  checkNumbers("mean", mean);
  checkNumbers("covariance", covariance);
  const [sizes, right] = [`${mean.length} and ${covariance.length}`, `${dim} and ${dim * dim}`];
  must(sizes === right, "dimension", `mean and covariance have ${sizes} numbers; dim ${dim} needs ${right}.`);
  checkFinite(`statistics of "${extractor}"`, mean, dim);
  checkFinite(`statistics of "${extractor}"`, covariance, dim);
  for (let i = 0; i < dim; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [covariance[i * dim + j]!, covariance[j * dim + i]!];
      if (Math.abs(a - b) <= 1e-6 * (Math.abs(a) + Math.abs(b)) + 1e-12) continue;
      must(false, "values", `covariance is ${a} at (${i}, ${j}) and ${b} at (${j}, ${i}); it must be symmetric.`);
    }
};
