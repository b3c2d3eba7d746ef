import { leastSquares } from "../math/linear.js";

/**
 * Weighted least squares of y on three columns with non-negative coefficients. Three columns have seven non-empty supports, so all
 * are tried: exact, no iteration.
 */
export function nonNegativeLeastSquares(
  columns: readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>],
  y: ArrayLike<number>,
  weight: ArrayLike<number>,
): { coefficients: [number, number, number]; rss: number } {
  const rows: number[] = [];
  for (let i = 0; i < y.length; i++) if (weight[i]! > 0) rows.push(i);
  const target = rows.map((i) => y[i]!);
  const w = rows.map((i) => weight[i]!);
  const zero = target.reduce((s, v, i) => s + w[i]! * v * v, 0);
  let best: { coefficients: [number, number, number]; rss: number } = { coefficients: [0, 0, 0], rss: zero };
  // All three first: where that is feasible it is the minimum.
  for (const support of SUPPORTS) {
    const fit = leastSquares(
      rows.map((i) => support.map((j) => columns[j]![i]!)),
      target,
      w,
    );
    if (!fit || fit.coefficients.some((c) => c < 0) || fit.rss >= best.rss) continue;
    const coefficients: [number, number, number] = [0, 0, 0];
    support.forEach((j, k) => {
      coefficients[j] = fit.coefficients[k]!;
    });
    best = { coefficients, rss: fit.rss };
    if (support.length === 3) break;
  }
  return best;
}

const SUPPORTS: readonly (readonly (0 | 1 | 2)[])[] = [[0, 1, 2], [0, 1], [0, 2], [1, 2], [0], [1], [2]];
