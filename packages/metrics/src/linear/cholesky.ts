import { must } from "../errors.js";
import { type DenseMatrix, rowOf, zeros } from "./matrix.js";

/**
 * F with FᵀF = A for a symmetric positive semi-definite A, by Cholesky with diagonal pivoting (Higham, Accuracy and
 * Stability of Numerical Algorithms, section 10.3). F has as many rows as A has numerical rank.
 * @throws MetricsError("arithmetic") if A has a clearly negative pivot.
 */
export const semidefiniteFactor = (a: DenseMatrix): DenseMatrix => {
  const n = a.rows;
  const left = Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]!);
  const largest = left.reduce((most, value) => Math.max(most, value), 0);
  const tolerance = n * Number.EPSILON * largest;
  const factor = zeros(n, n);
  const used = new Uint8Array(n);
  let rank = 0;
  for (; rank < n; rank++) {
    const pivot = largestUnused(left, used);
    const value = left[pivot]!;
    if (value <= tolerance) break;
    used[pivot] = 1;
    const root = Math.sqrt(value);
    const out = rowOf(factor, rank);
    out.set(rowOf(a, pivot));
    for (let k = 0; k < rank; k++) {
      const earlier = rowOf(factor, k);
      const scale = earlier[pivot]!;
      for (let j = 0; j < n; j++) out[j]! -= scale * earlier[j]!;
    }
    for (let j = 0; j < n; j++) {
      out[j] = used[j] === 1 && j !== pivot ? 0 : out[j]! / root;
      left[j]! -= out[j]! ** 2;
    }
  }
  const lowest = left.reduce((least, value, j) => (used[j] === 1 ? least : Math.min(least, value)), 0);
  // Statistics stored in float32 are off by about 1e-7 of the largest variance; more than that is a mistake.
  const semidefinite = !(lowest < -1e-5 * largest);
  must(semidefinite, "arithmetic", `The covariance has a negative pivot, ${lowest}; it is not semi-definite.`);
  return { rows: rank, columns: n, data: factor.data.subarray(0, rank * n) };
};

const largestUnused = (values: Float64Array, used: Uint8Array): number => {
  let best = -1;
  for (let j = 0; j < values.length; j++) if (used[j] === 0 && (best === -1 || values[j]! > values[best]!)) best = j;
  return best;
};
