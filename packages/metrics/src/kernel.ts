import { finite, integer, onlyOptions } from "./errors.js";
import { type FeatureProvenance, type Features, provenance, row } from "./features.js";
import { eachPair, eachPairOnce, rowProduct } from "./pairs.js";
import { choose, splitMix32 } from "./random.js";

export interface KernelDistance extends FeatureProvenance {
  readonly metric: "kernel-distance";
  /** Unbiased squared MMD; below zero where the two sets are alike. Often printed times 1,000. */
  readonly value: number;
  readonly standardError: number;
  /** `jackknife`: over samples, from all rows. `subsets`: over the choice of subsets only, as KID is usually quoted. */
  readonly errorOf: "jackknife" | "subsets";
  readonly subsets?: Subsets;
}

/** Averaging over random subsets, for sets too large for all pairs. */
export interface Subsets {
  readonly count: number;
  readonly size: number;
  readonly seed: number;
}

/** (x·y / d + 1)³ of row i of one set and row j of another. */
const cubic = (x: Features, i: number, y: Features, j: number): number => {
  const base = rowProduct(x, i, y, j) / x.dim + 1;
  return base * base * base;
};

/** Σⱼ k(xᵢ, yⱼ) for each i, and Σᵢ for each j. */
const betweenSums = (x: Features, y: Features): { rows: Float64Array; columns: Float64Array } => {
  const rows = new Float64Array(x.count);
  const columns = new Float64Array(y.count);
  eachPair(x.count, y.count, (i, j) => {
    const k = cubic(x, i, y, j);
    rows[i]! += k;
    columns[j]! += k;
  });
  return { rows, columns };
};

/** Σⱼ≠ᵢ k(xᵢ, xⱼ) for each i. */
const withinSums = (x: Features): Float64Array => {
  const sums = new Float64Array(x.count);
  eachPairOnce(x.count, (i, j) => {
    const k = cubic(x, i, x, j);
    sums[i]! += k;
    sums[j]! += k;
  });
  return sums;
};

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** (n − 1)/n Σ (θ₍₋ᵢ₎ − mean)²: Tukey's jackknife variance. */
const jackknife = (leftOut: Float64Array): number => {
  const mean = total(leftOut) / leftOut.length;
  const squares = leftOut.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return ((leftOut.length - 1) / leftOut.length) * squares;
};

/** The unbiased estimate over all rows, with its two-sample jackknife variance. */
const estimate = (x: Features, y: Features): { value: number; variance: number } => {
  const [xx, yy, xy] = [withinSums(x), withinSums(y), betweenSums(x, y)];
  const [sx, sy, sxy] = [total(xx), total(yy), total(xy.rows)];
  const [n, m] = [x.count, y.count];
  const mmd = (a: number, na: number, b: number, nb: number, c: number) =>
    a / (na * (na - 1)) + b / (nb * (nb - 1)) - (2 * c) / (na * nb);
  const value = finite("kernel distance", mmd(sx, n, sy, m, sxy));
  const withoutX = xx.map((own, i) => mmd(sx - 2 * own, n - 1, sy, m, sxy - xy.rows[i]!));
  const withoutY = yy.map((own, j) => mmd(sx, n, sy - 2 * own, m - 1, sxy - xy.columns[j]!));
  return { value, variance: jackknife(withoutX) + jackknife(withoutY) };
};

const subset = (features: Features, size: number, next: () => number): Features => {
  const data = new Float64Array(size * features.dim);
  for (const [at, i] of choose(features.count, size, next).entries()) data.set(row(features, i), at * features.dim);
  return { ...features, count: size, data };
};

/**
 * Kernel distance (KID, arXiv 1801.01401): unbiased squared MMD under (x·y / dim + 1)³, over all rows, or averaged over
 * random subsets of both sets. Work grows with the square of the rows, so take subsets above about 10,000.
 * @throws MetricsError for features that do not compare, fewer than three samples, subsets larger than a set, or features too large
 * to cube.
 */
export const kernelDistance = (real: Features, generated: Features, subsets?: Subsets): KernelDistance => {
  const from = provenance(real, generated, 3);
  if (subsets === undefined) {
    const { value, variance } = estimate(real, generated);
    const standardError = finite("kernel distance's error", Math.sqrt(variance));
    return { metric: "kernel-distance", value, standardError, errorOf: "jackknife", ...from };
  }
  onlyOptions("subsets", subsets, ["count", "size", "seed"]);
  integer("subsets.count", subsets.count, 2);
  integer("subsets.size", subsets.size, 3, Math.min(real.count, generated.count));
  integer("subsets.seed", subsets.seed, 0, 2 ** 32 - 1);
  const next = splitMix32(subsets.seed);
  const values = Float64Array.from({ length: subsets.count }, () => {
    const side = subset(real, subsets.size, next);
    return estimate(side, subset(generated, subsets.size, next)).value;
  });
  const value = total(values) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0);
  const standardError = finite("kernel distance's error", Math.sqrt(squares / (values.length - 1) / values.length));
  return { metric: "kernel-distance", value, standardError, errorOf: "subsets", subsets, ...from };
};
