import { cholesky, dot, type Matrix, solvePositive } from "../math/linear.js";

/** Columns closer than this to dependent, as the square of a sine, are not told apart. */
const DEPENDENT = 1e-13;

/**
 * Least squares with non-negative coefficients from its normal equations, for up to three columns. Three columns have seven
 * non-empty supports, so all are tried: exact, no iteration.
 * @param gram XᵀWX
 * @param moments XᵀWy
 */
export const nonNegativeLeastSquares = (gram: Matrix, moments: readonly number[]): number[] => {
  const norms = gram.map((row, j) => Math.sqrt(row[j]!));
  let best = moments.map(() => 0);
  let explained = 0;
  for (const support of SUPPORTS) {
    if (support.some((j) => !(norms[j]! > 0))) continue;
    const scaled = support.map((i) => support.map((j) => gram[i]![j]! / (norms[i]! * norms[j]!)));
    const factor = cholesky(scaled);
    if (!factor || factor.some((row, i) => row[i]! ** 2 < DEPENDENT)) continue;
    const target = support.map((j) => moments[j]! / norms[j]!);
    const solution = solvePositive(scaled, target)!;
    if (solution.some((c) => c < 0)) continue;
    // At a least-squares solution cᵀXᵀWy is the part of the sum of squares that is explained.
    const gain = dot(solution, target);
    if (gain <= explained) continue;
    explained = gain;
    best = moments.map(() => 0);
    support.forEach((j, k) => {
      best[j] = solution[k]! / norms[j]!;
    });
    // All of the columns: where that is feasible it is the minimum.
    if (support.length === moments.length) break;
  }
  return best;
};

const SUPPORTS: readonly (readonly number[])[] = [[0, 1, 2], [0, 1], [0, 2], [1, 2], [0], [1], [2]];
