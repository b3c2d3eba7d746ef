/** A x in float64. */
const product = (rows: readonly (readonly number[])[], x: readonly number[]): number[] =>
  rows.map((row) => row.reduce((sum, value, j) => sum + value * x[j]!, 0));

/** Rows and columns of a triangular factor that carry less than this of a unit vector say nothing that others have not said. */
const LEAST = 1e-13;

/**
 * The x for which A x is b, of the products A = ⟨a_i, a_j⟩ of unit vectors and b = ⟨a_i, b⟩: Cholesky's factors with the largest remainder
 * first, so that vectors which the others span take no part, and two steps of refinement.
 */
export const leastSquares = (products: readonly (readonly number[])[], along: readonly number[]): number[] => {
  const n = along.length;
  const order = along.map((_, i) => i);
  const lower = along.map(() => new Float64Array(n));
  const left = Float64Array.from(products, (row, i) => row[i]!);
  let rank = 0;
  for (; rank < n; rank++) {
    let best = rank;
    for (let i = rank + 1; i < n; i++) if (left[order[i]!]! > left[order[best]!]!) best = i;
    [order[rank], order[best]] = [order[best]!, order[rank]!];
    const pivot = order[rank]!;
    if (!(left[pivot]! > LEAST)) break;
    const root = Math.sqrt(left[pivot]!);
    lower[pivot]![rank] = root;
    for (let i = rank + 1; i < n; i++) {
      const at = order[i]!;
      let rest = products[at]![pivot]!;
      for (let k = 0; k < rank; k++) rest -= lower[at]![k]! * lower[pivot]![k]!;
      lower[at]![rank] = rest / root;
      left[at]! -= lower[at]![rank]! ** 2;
    }
  }
  const kept = order.slice(0, rank);
  const solve = (right: readonly number[]): number[] => {
    const y = new Float64Array(rank);
    for (const [i, at] of kept.entries()) {
      let rest = right[at]!;
      for (let k = 0; k < i; k++) rest -= lower[at]![k]! * y[k]!;
      y[i] = rest / lower[at]![i]!;
    }
    const x = along.map(() => 0);
    for (let i = rank - 1; i >= 0; i--) {
      let rest = y[i]!;
      for (let k = i + 1; k < rank; k++) rest -= lower[kept[k]!]![i]! * x[kept[k]!]!;
      x[kept[i]!] = rest / lower[kept[i]!]![i]!;
    }
    return x;
  };
  let x = solve(along);
  for (let step = 0; step < 2; step++) {
    const rest = product(products, x).map((value, i) => along[i]! - value);
    x = solve(rest).map((more, i) => x[i]! + more);
  }
  return x;
};
