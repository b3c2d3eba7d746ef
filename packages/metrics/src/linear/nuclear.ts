import { type DenseMatrix, rowOf, transpose } from "./matrix.js";
import { tridiagonalEigenvalues } from "./tridiagonal.js";

/** A reflection I − β v vᵀ that takes x to (α, 0, …, 0); x is overwritten with v. */
const reflector = (x: Float64Array): { alpha: number; beta: number } => {
  let squares = 0;
  for (const value of x) squares += value * value;
  if (squares === 0) return { alpha: 0, beta: 0 };
  const alpha = x[0]! > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  const beta = 1 / (squares - alpha * x[0]!);
  x[0]! -= alpha;
  return { alpha, beta };
};

/** vᵀA over the rows `k`.. and the columns after `k`. */
const leftProducts = (a: DenseMatrix, v: Float64Array, k: number): Float64Array => {
  const products = new Float64Array(a.columns - k - 1);
  for (let i = k; i < a.rows; i++) {
    const line = rowOf(a, i).subarray(k + 1);
    const scale = v[i - k]!;
    for (let j = 0; j < line.length; j++) products[j]! += scale * line[j]!;
  }
  return products;
};

const subtract = (line: Float64Array, scale: number, v: Float64Array): void => {
  for (let j = 0; j < line.length; j++) line[j]! -= scale * v[j]!;
};

/**
 * Diagonals d₁ e₁ d₂ e₂ … of the bidiagonal form of a tall matrix by Householder reflections (Golub and Kahan 1965),
 * interleaved. `a` is destroyed.
 */
const bidiagonal = (a: DenseMatrix): Float64Array => {
  const n = a.columns;
  const out = new Float64Array(2 * n - 1);
  for (let k = 0; k < n; k++) {
    const column = Float64Array.from({ length: a.rows - k }, (_, i) => a.data[(k + i) * n + k]!);
    const left = reflector(column);
    out[2 * k] = left.alpha;
    if (k + 1 === n) break;
    const products = leftProducts(a, column, k);
    const head = rowOf(a, k).slice(k + 1);
    subtract(head, left.beta * column[0]!, products);
    const right = reflector(head);
    out[2 * k + 1] = right.alpha;
    // Both reflections in one pass: the trailing matrix is larger than the cache.
    for (let i = k + 1; i < a.rows; i++) {
      const line = rowOf(a, i).subarray(k + 1);
      subtract(line, left.beta * column[i - k]!, products);
      let sum = 0;
      for (let j = 0; j < line.length; j++) sum += line[j]! * head[j]!;
      subtract(line, right.beta * sum, head);
    }
  }
  return out;
};

/**
 * The sum of the singular values of a matrix, to a few roundings of the largest. They are the positive eigenvalues of
 * the tridiagonal matrix with a zero diagonal and the bidiagonal's entries beside it (Golub and Kahan 1965), so nothing
 * is squared.
 */
export const nuclearNorm = (a: DenseMatrix): number => {
  if (a.rows === 0 || a.columns === 0) return 0;
  const tall = a.rows >= a.columns ? { ...a, data: a.data.slice() } : transpose(a);
  let largest = 0;
  for (const value of tall.data) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  for (let i = 0; i < tall.data.length; i++) tall.data[i]! /= largest;
  const eigenvalues = tridiagonalEigenvalues(new Float64Array(2 * tall.columns), bidiagonal(tall));
  return (largest * eigenvalues.reduce((sum, value) => sum + Math.abs(value), 0)) / 2;
};
