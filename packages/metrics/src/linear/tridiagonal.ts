import { must } from "../errors.js";

/**
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QL with Wilkinson's shift (EISPACK `imtql1`), each within a
 * few roundings of the matrix norm. `diagonal` is overwritten with them, `offDiagonal` (one shorter) is destroyed.
 * @throws MetricsError("arithmetic") if an eigenvalue takes over 60 iterations.
 */
export const tridiagonalEigenvalues = (diagonal: Float64Array, offDiagonal: Float64Array): Float64Array => {
  const n = diagonal.length;
  const d = diagonal;
  const e = new Float64Array(n);
  e.set(offDiagonal);
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(d[i]!) + Math.abs(e[i]!));
  const negligible = Number.EPSILON * norm;
  for (let l = 0; l < n; l++)
    for (let iteration = 0; ; iteration++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > negligible) m++;
      if (m === l) break;
      must(iteration < 60, "arithmetic", `Eigenvalue ${l} of ${n} did not converge.`);
      sweep(d, e, l, m);
    }
  return d;
};

/** One implicit QL step on rows l..m. */
const sweep = (d: Float64Array, e: Float64Array, l: number, m: number): void => {
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  let g = d[m]! - d[l]! + e[l]! / (half + Math.sign(half || 1) * Math.hypot(half, 1));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    const shifted = d[i + 1]! - p;
    const t = (d[i]! - shifted) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = shifted + p;
    g = c * t - b;
  }
  d[l]! -= p;
  e[l] = g;
  e[m] = 0;
};
