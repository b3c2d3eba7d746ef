import { dot, identity, invertPositive, leastSquares, type Matrix, multiply, transpose } from "../../math/linear.js";
import { type Outcome, refuse } from "../../types.js";

/** Runs that differ in their hyperparameters alone. */
export interface Basin {
  /** Logarithms of the hyperparameters, a list per run. */
  readonly z: readonly (readonly number[])[];
  readonly loss: readonly number[];
  /** Logarithms of the predictors, which the runs share. */
  readonly x: readonly number[];
}

/** Quadratic basins whose floors move with x: loss = b + (z − μ)ᵀ K (z − μ), μ_a = Σ_j β_aj x_j with x₀ = 1. */
export interface Bowl {
  /** β, a row per hyperparameter. */
  readonly beta: Matrix;
  /** Covariance of each row of β, in units of the noise variance. */
  readonly unscaledCovariance: readonly Matrix[];
  /** K. */
  readonly curvature: Matrix;
  /** Variance of each diagonal entry of K, in units of the noise variance. */
  readonly curvatureVariance: readonly number[];
  readonly sumOfSquares: number;
  readonly degreesOfFreedom: number;
  /** b of each basin: the least loss in it. */
  readonly lowest: readonly number[];
}

/**
 * Fits all basins at once. With a free level of each, the loss is linear in K and in Kβ: one least-squares fit within the basins, no
 * search. β = −½ K⁻¹ c follows with its error by the delta method.
 * @returns a refusal where K is not positive definite, or the runs are too few
 */
export const fitBowl = (basins: readonly Basin[]): Outcome<Bowl> => {
  const sizes = { z: basins[0]?.z[0]?.length ?? 0, x: 1 + (basins[0]?.x.length ?? 0) };
  const pairs = pairsOf(sizes.z);
  const columnsOf = (z: readonly number[], x: readonly number[]) => [
    ...pairs.map(([a, b]) => z[a]! * z[b]!),
    ...z.flatMap((value) => [1, ...x].map((one) => value * one)),
  ];
  const centre = meanOf(basins.flatMap(({ z }) => z));
  const moved = basins.map(({ z, x, loss }) => ({
    columns: z.map((row) =>
      columnsOf(
        row.map((v, a) => v - centre[a]!),
        x,
      ),
    ),
    loss,
  }));
  // The level of a basin is free: within it, only differences count.
  const within = moved.map(({ columns, loss }) => {
    const [mean, level] = [meanOf(columns), average(loss)];
    return { rows: columns.map((row) => row.map((v, j) => v - mean[j]!)), y: loss.map((v) => v - level), mean, level };
  });
  const rows = within.flatMap((basin) => basin.rows);
  const count = pairs.length + sizes.z * sizes.x;
  const degreesOfFreedom = rows.length - basins.length - count;
  const fit =
    degreesOfFreedom < 0
      ? undefined
      : leastSquares(
          rows,
          within.flatMap(({ y }) => y),
        );
  if (!fit)
    return refuse("too-few-points", `${rows.length} runs in ${basins.length} cells cannot tell ${count} numbers apart`);
  const k = fit.coefficients;
  const curvature = identity(sizes.z).map((row, a) =>
    row.map((_, b) => {
      const at = pairs.findIndex(([i, j]) => i === Math.min(a, b) && j === Math.max(a, b));
      return a === b ? k[at]! : k[at]! / 2;
    }),
  );
  const inverse = invertPositive(curvature);
  if (!inverse) return refuse("not-convex", "the loss has no minimum in the logarithms of the values");
  const linear = Array.from({ length: sizes.z }, (_, a) =>
    k.slice(pairs.length + a * sizes.x, pairs.length + (a + 1) * sizes.x),
  );
  const beta = multiply(inverse, linear).map((row) => row.map((v) => -v / 2));
  const gradients = beta.map((_, a) => beta[a]!.map((_, j) => gradientOf({ a, j, inverse, beta, pairs, sizes })));
  const unscaled = fit.unscaledCovariance;
  return {
    ok: true,
    beta: beta.map((row, a) => row.map((v, j) => (j === 0 ? v + centre[a]! : v))),
    unscaledCovariance: gradients.map((rowsOf) => multiply(multiply(rowsOf, unscaled), transpose(rowsOf))),
    curvature,
    curvatureVariance: beta.map((_, a) => {
      const at = pairs.findIndex(([i, j]) => i === a && j === a);
      return unscaled[at]![at]!;
    }),
    sumOfSquares: fit.rss,
    degreesOfFreedom,
    lowest: within.map(({ mean, level }, c) => {
      const mu = beta.map((row) => dot(row, [1, ...basins[c]!.x]));
      return (
        level -
        dot(mean, k) -
        dot(
          mu,
          multiply(
            curvature,
            mu.map((v) => [v]),
          ).map(([v]) => v!),
        )
      );
    }),
  };
};

type Pair = readonly [number, number];

/** Index pairs (a, b), a ≤ b. */
const pairsOf = (n: number): Pair[] =>
  Array.from({ length: n }, (_, a) => Array.from({ length: n - a }, (_, i) => [a, a + i] as const)).flat();

/** ∂β_aj over the fitted numbers: dβ = −½ K⁻¹ dc − K⁻¹ dK β. */
const gradientOf = (of: {
  readonly a: number;
  readonly j: number;
  readonly inverse: Matrix;
  readonly beta: Matrix;
  readonly pairs: readonly Pair[];
  readonly sizes: { readonly z: number; readonly x: number };
}): number[] => {
  const { a, j, inverse, beta, pairs, sizes } = of;
  const ofPair = ([b, c]: Pair) => -(inverse[a]![b]! * beta[c]![j]! + inverse[a]![c]! * beta[b]![j]!) / 2;
  const ofLinear = Array.from({ length: sizes.z }, (_, b) =>
    Array.from({ length: sizes.x }, (_, l) => (l === j ? -inverse[a]![b]! / 2 : 0)),
  ).flat();
  return [...pairs.map(ofPair), ...ofLinear];
};

const average = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;

const meanOf = (rows: Matrix): number[] => (rows[0] ?? []).map((_, j) => average(rows.map((row) => row[j]!)));
