import { compressed, dot, leastSquares, type Matrix, transpose } from "./linear.js";
import { evenSample } from "./sample.js";

export interface LeastSquaresFit {
  readonly theta: readonly number[];
  readonly sse: number;
  /** (JᵀJ)⁻¹, undefined when the parameters cannot be told apart. */
  readonly unscaledCovariance: Matrix | undefined;
  readonly converged: boolean;
}

/** Steps by which a start shows where it leads, and by which one of the leaders gets there. */
const GLIMPSE = 40;
const FINISH = 500;
/** From the optimum of a sample it is not far to that of all. */
const REMAINDER = 40;
const LEADERS = 6;

/** Of more points than this a sample shows where the starts lead, and only the best of them meets them all. */
export const SCREENED = 1000;

type Residuals = (theta: readonly number[]) => readonly number[];

/**
 * Nonlinear least squares from several starts by Levenberg–Marquardt, Jacobian by central differences. For forms with a handful of
 * parameters, where a new form should be one function.
 * @param points how many there are
 * @param residual of θ, the residual of the point with an index
 * @param sample of the points, for the search
 */
export const levenbergMarquardt = (
  points: number,
  residual: (theta: readonly number[]) => (point: number) => number,
  starts: readonly (readonly number[])[],
  sample: readonly number[] = evenSample(points, SCREENED),
): LeastSquaresFit | undefined => {
  const over =
    (rows: readonly number[]): Residuals =>
    (theta) =>
      rows.map(residual(theta));
  const found = fromStarts(over(sample), starts);
  if (!found) return undefined;
  const sampled = sample.length < points;
  const all = over(sampled ? evenSample(points, points) : sample);
  const best = sampled ? descend(all, found.theta, REMAINDER) : found;
  if (!best) return undefined;
  const step = leastSquares(transpose(differences(best.theta, all)), all(best.theta));
  return { ...best, unscaledCovariance: step?.unscaledCovariance };
};

const fromStarts = (residuals: Residuals, starts: readonly (readonly number[])[]) => {
  const leaders = starts.flatMap((start) => descend(residuals, start, GLIMPSE) ?? []).sort((a, b) => a.sse - b.sse);
  const finished = leaders.slice(0, LEADERS).flatMap(({ theta }) => descend(residuals, theta, FINISH) ?? []);
  return finished.length > 0 ? finished.reduce((a, b) => (b.sse < a.sse ? b : a)) : undefined;
};

const descend = (residuals: Residuals, start: readonly number[], iterations: number) => {
  let theta = [...start];
  let r = residuals(theta);
  let sse = dot(r, r);
  if (!Number.isFinite(sse)) return undefined;
  let damping = 1e-3;
  let converged = false;
  for (let i = 0; i < iterations && !converged; i++) {
    const jacobian = transpose(differences(theta, residuals));
    if (jacobian.some((row) => row.some((v) => !Number.isFinite(v)))) break;
    const scale = theta.map((_, j) => Math.sqrt(jacobian.reduce((s, row) => s + row[j]! ** 2, 0)) + 1e-12);
    const problem = compressed(jacobian, r);
    let moved = false;
    for (let k = 0; k < 25; k++) {
      // Damping as extra rows keeps the step a least-squares problem: no normal equations, no squared condition number.
      const rows = [
        ...problem.x,
        ...theta.map((_, j) => theta.map((_, l) => (l === j ? Math.sqrt(damping) * scale[j]! : 0))),
      ];
      const step = leastSquares(rows, [...problem.y, ...theta.map(() => 0)]);
      const next = step && theta.map((v, j) => v - step.coefficients[j]!);
      const nextResiduals = next && residuals(next);
      const nextSse = nextResiduals ? dot(nextResiduals, nextResiduals) : Number.NaN;
      if (next && nextResiduals && nextSse < sse) {
        converged = sse - nextSse <= 1e-13 * sse;
        [theta, r, sse] = [next, nextResiduals, nextSse];
        damping = Math.max(1e-15, damping / 5);
        moved = true;
        break;
      }
      damping *= 4;
    }
    if (!moved) converged = true;
  }
  return { theta, sse, converged };
};

/** ∂ values / ∂θ by central differences, for each θ. */
export const differences = (theta: readonly number[], values: Residuals): number[][] =>
  theta.map((value, j) => {
    const h = 1e-6 * Math.max(1, Math.abs(value));
    const [high, low] = [values(theta.with(j, value + h)), values(theta.with(j, value - h))];
    return high.map((v, i) => (v - low[i]!) / (2 * h));
  });
