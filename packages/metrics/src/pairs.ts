import type { Features } from "./features.js";

/** Calls `visit` for every pair (i, j), a few j at a time, so that their rows stay in the cache while i runs. */
export const eachPair = (
  countI: number,
  countJ: number,
  visit: (i: number, j: number) => void,
  below: (i: number) => number = () => countJ,
): void => {
  const block = 32;
  for (let first = 0; first < countJ; first += block)
    for (let i = 0; i < countI; i++) {
      const end = Math.min(first + block, countJ, below(i));
      for (let j = first; j < end; j++) visit(i, j);
    }
};

/** Every pair j < i once. */
export const eachPairOnce = (count: number, visit: (i: number, j: number) => void): void =>
  eachPair(count, count, visit, (i) => i);

/** Inner product of row i of one set and row j of another, in float64; four sums, since additions wait on each other. */
export const rowProduct = (x: Features, i: number, y: Features, j: number): number => {
  const { data: a, dim } = x;
  const b = y.data;
  const [ai, bj] = [i * dim, j * dim];
  const whole = dim - (dim % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    s0 += a[ai + k]! * b[bj + k]!;
    s1 += a[ai + k + 1]! * b[bj + k + 1]!;
    s2 += a[ai + k + 2]! * b[bj + k + 2]!;
    s3 += a[ai + k + 3]! * b[bj + k + 3]!;
  }
  for (let k = whole; k < dim; k++) s0 += a[ai + k]! * b[bj + k]!;
  return s0 + s1 + (s2 + s3);
};

/** Squared distance of row i of one set from row j of another, as {@link rowProduct}. */
export const squaredDistance = (x: Features, i: number, y: Features, j: number): number => {
  const { data: a, dim } = x;
  const b = y.data;
  const [ai, bj] = [i * dim, j * dim];
  const whole = dim - (dim % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let k = 0; k < whole; k += 4) {
    const d0 = a[ai + k]! - b[bj + k]!;
    const d1 = a[ai + k + 1]! - b[bj + k + 1]!;
    const d2 = a[ai + k + 2]! - b[bj + k + 2]!;
    const d3 = a[ai + k + 3]! - b[bj + k + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (let k = whole; k < dim; k++) s0 += (a[ai + k]! - b[bj + k]!) ** 2;
  return s0 + s1 + (s2 + s3);
};
