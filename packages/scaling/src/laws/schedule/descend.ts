import { compressed, leastSquares } from "../../math/linear.js";

/** Residuals at θ, each with its gradient; undefined where the model has no value. */
export type ResidualsAt = (
  theta: readonly number[],
) => { readonly residuals: readonly number[]; readonly rows: readonly (readonly number[])[] } | undefined;

export interface Descended {
  readonly theta: readonly number[];
  /** Sum of Huber's losses. */
  readonly value: number;
  readonly converged: boolean;
}

const huber = (r: number, delta: number): number =>
  Math.abs(r) <= delta ? (r * r) / 2 : delta * (Math.abs(r) - delta / 2);

const ENOUGH = 1e-10;

/**
 * Least sum of Huber's losses from a start, by Levenberg and Marquardt's steps on reweighted squares: along valleys as flat as those of a law with seven numbers
 * a quasi-Newton search comes to rest too early.
 */
export const descend = (
  at: ResidualsAt,
  start: readonly number[],
  delta: number,
  iterations: number,
): Descended | undefined => {
  const sumOf = (residuals: readonly number[]) => residuals.reduce((sum, r) => sum + huber(r, delta), 0);
  let theta = start;
  let current = at(theta);
  if (!current) return undefined;
  let value = sumOf(current.residuals);
  let damping = 1e-3;
  let still = 0;
  for (let i = 0; i < iterations && still < 3; i++) {
    const roots = current.residuals.map((r) => Math.sqrt(Math.min(1, delta / Math.max(Math.abs(r), Number.MIN_VALUE))));
    const rows = current.rows.map((row, n) => row.map((v) => roots[n]! * v));
    const scale = theta.map((_, j) => Math.sqrt(rows.reduce((sum, row) => sum + row[j]! ** 2, 0)) + 1e-12);
    const problem = compressed(
      rows,
      current.residuals.map((r, n) => roots[n]! * r),
    );
    let moved = false;
    for (let k = 0; k < 20 && !moved; k++) {
      const damped = theta.map((_, j) => theta.map((_, l) => (l === j ? Math.sqrt(damping) * scale[j]! : 0)));
      const step = leastSquares([...problem.x, ...damped], [...problem.y, ...theta.map(() => 0)]);
      const next = step && theta.map((v, j) => v - step.coefficients[j]!);
      const found = next && at(next);
      const lower = found ? sumOf(found.residuals) : Number.NaN;
      if (next && found && lower < value) {
        still = value - lower <= ENOUGH * value ? still + 1 : 0;
        [theta, current, value] = [next, found, lower];
        damping = Math.max(1e-12, damping / 6);
        moved = true;
      } else damping *= 4;
    }
    if (!moved) return { theta, value, converged: true };
  }
  return { theta, value, converged: still >= 3 };
};
