import { dot, type LeastSquares, leastSquares, type Matrix } from "../math/linear.js";
import { evenSample } from "../math/sample.js";
import type { Curve, CurveOptions } from "./methods/method.js";

/**
 * The slice of a loss surface along an isoFLOP: with D = C / kN, E + A N^−α + B D^−β is e + a e^(−αx) + b e^(βx) in x = ln N, where α
 * and β are those of every budget. Written so that it does not degenerate as α and β go to zero, where it is a parabola:
 * e + f·(1 − e^(−αx))/α + g·2/(α + β)·[(e^(βx) − 1)/β − (1 − e^(−αx))/α].
 */
const basis = (alpha: number, beta: number, x: number): [number, number, number] => {
  const left = -Math.expm1(-alpha * x) / alpha;
  const right = Math.expm1(beta * x) / beta;
  return [1, left, (2 * (right - left)) / (alpha + beta)];
};

/** α and β, and the budgets' coefficients (e, f, g) about their own centres. */
export interface Slices {
  readonly alpha: number;
  readonly beta: number;
  /** Weighted. */
  readonly sumOfSquares: number;
  /** Points less three a budget and two. */
  readonly degreesOfFreedom: number;
  /** Of (ln α, ln β), in units of the noise variance; zero for one that is at the end of its range. */
  readonly unscaledCovariance: Matrix;
  /** ∂(ln α, ln β)/∂y of every curve and run. */
  readonly response: readonly (readonly (readonly number[])[])[];
}

/** A curve of one budget at given α and β. */
export interface Slice {
  readonly centre: number;
  readonly coefficients: readonly number[];
  readonly fit: LeastSquares;
  readonly design: Matrix;
}

/** At less than a thousandth a slice is a parabola to a part in a million, and no loss has been seen to fall as fast as N^−4. */
const RANGE = [Math.log(1e-3), Math.log(4)] as const;
const STARTS = [0.03, 0.1, 0.3, 0.7, 1.5];
/** Starts that are followed to the end. */
const FOLLOWED = 3;
/** Of longer curves the starts are compared on an even sample. */
const SAMPLED = 80;
const STEPS = 60;

/** A slice is one of the loss itself: of its logarithm it is fitted by relative squares. */
export const onLoss = (curve: Curve, { scale }: Pick<CurveOptions, "scale">): Curve => {
  if (scale === "raw") return curve;
  const y = curve.y.map(Math.exp);
  return { x: curve.x, y, weights: y.map((v, i) => (curve.weights?.[i] ?? 1) / (v * v)) };
};

export const sliceAt = ({ x, y, weights }: Curve, alpha: number, beta: number): Slice | undefined => {
  const centre = x.reduce((s, v) => s + v, 0) / x.length;
  const design = x.map((v) => basis(alpha, beta, v - centre));
  const fit = leastSquares(design, y, weights);
  return fit && { centre, coefficients: fit.coefficients, fit, design };
};

export const sliceValue = (alpha: number, beta: number, coefficients: readonly number[], x: number): number =>
  dot(basis(alpha, beta, x), coefficients);

/** Where a slice has its minimum, from its centre; undefined where it has none. L′ = (f − k) e^(−αx) + k e^(βx), k = 2g/(α + β). */
export const sliceMinimum = (alpha: number, beta: number, [, f, g]: readonly number[]): number | undefined => {
  const k = (2 * g!) / (alpha + beta);
  return k > 0 && k > f! ? Math.log1p(-f! / k) / (alpha + beta) : undefined;
};

/**
 * Least squares of all budgets together, α and β by variable projection with Kaufman's Jacobian.
 * @returns undefined where the curves leave no degrees of freedom, or no α and β can be told
 */
export const fitSlices = (curves: readonly Curve[]): Slices | undefined => {
  const points = curves.reduce((n, { x }) => n + x.length, 0);
  const degreesOfFreedom = points - 3 * curves.length - 2;
  if (degreesOfFreedom < 1 || curves.length === 0) return undefined;
  const some = curves.map(sampledCurve);
  const starts = STARTS.flatMap((alpha) => STARTS.map((beta) => [Math.log(alpha), Math.log(beta)] as const))
    .map((u) => ({ u, value: squares(some, u) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.value - b.value)
    .slice(0, FOLLOWED);
  const ends = starts.map(({ u }) => descend(some, u));
  if (ends.length === 0) return undefined;
  const best = ends.reduce((a, b) => (b.value < a.value ? b : a));
  const { u, value } = some.every((curve, i) => curve === curves[i]) ? best : descend(curves, best.u);
  const last = linearised(curves, u);
  if (!last) return undefined;
  return {
    alpha: Math.exp(u[0]),
    beta: Math.exp(u[1]),
    sumOfSquares: value,
    degreesOfFreedom,
    unscaledCovariance: last.unscaledCovariance,
    response: last.response(),
  };
};

/** The curve, or an even sample of a long one. */
export const sampledCurve = (curve: Curve): Curve => {
  if (curve.x.length <= SAMPLED) return curve;
  const index = evenSample(curve.x.length, SAMPLED);
  const some = (values: readonly number[]) => index.map((i) => values[i]!);
  return { x: some(curve.x), y: some(curve.y), ...(curve.weights && { weights: some(curve.weights) }) };
};

type Logs = readonly [lnAlpha: number, lnBeta: number];

const squares = (curves: readonly Curve[], [a, b]: Logs): number =>
  curves.reduce((sum, curve) => sum + (sliceAt(curve, Math.exp(a), Math.exp(b))?.fit.rss ?? Number.NaN), 0);

const clamp = (v: number) => Math.min(RANGE[1], Math.max(RANGE[0], v));

const descend = (curves: readonly Curve[], start: Logs): { u: Logs; value: number } => {
  let u = start;
  let value = squares(curves, u);
  for (let i = 0; i < STEPS; i++) {
    const step = linearised(curves, u)?.step;
    if (!step) break;
    let moved = false;
    const before = value;
    for (let share = 1; share > 1e-4 && !moved; share /= 3) {
      const next: Logs = [clamp(u[0] + share * step[0]), clamp(u[1] + share * step[1])];
      const lower = squares(curves, next);
      if (lower < value) [u, value, moved] = [next, lower, true];
    }
    if (!moved || before - value <= 1e-12 * before) break;
  }
  return { u, value };
};

/** Gauss–Newton in (ln α, ln β) after the other coefficients have been projected out. What is pushed out of its range stays at its end. */
const linearised = (curves: readonly Curve[], u: Logs) => {
  const [alpha, beta] = [Math.exp(u[0]), Math.exp(u[1])];
  const h = 1e-5;
  const rows: number[][] = [];
  const target: number[] = [];
  const weights: number[] = [];
  for (const curve of curves) {
    const slice = sliceAt(curve, alpha, beta);
    if (!slice) return undefined;
    const { coefficients, centre, design, fit } = slice;
    const columns = [0, 1].map((j) => {
      const at = (sign: number) => {
        const factor = Math.exp(sign * h);
        const [a, b] = [alpha * (j === 0 ? factor : 1), beta * (j === 1 ? factor : 1)];
        return curve.x.map((v) => sliceValue(a, b, coefficients, v - centre));
      };
      const low = at(-1);
      const column = at(1).map((v, i) => (v - low[i]!) / (2 * h));
      return leastSquares(design, column, curve.weights)?.residuals ?? column;
    });
    curve.x.forEach((_, i) => {
      rows.push(columns.map((column) => column[i]!));
      target.push(fit.residuals[i]!);
      weights.push(curve.weights?.[i] ?? 1);
    });
  }
  const free = solve(rows, target, weights, [true, true]);
  if (!free) return undefined;
  const held = [0, 1].map((j) => {
    const step = free.step[j]!;
    return (u[j]! <= RANGE[0] && step <= 0) || (u[j]! >= RANGE[1] && step >= 0);
  });
  const solution = held.includes(true)
    ? solve(
        rows,
        target,
        weights,
        held.map((h) => !h),
      )
    : free;
  if (!solution) return undefined;
  const response = () => {
    let end = 0;
    const spans = curves.map(({ x }) => {
      const start = end;
      end += x.length;
      return [start, end] as const;
    });
    return [0, 1].map((j) =>
      spans.map(([start, end]) =>
        rows.slice(start, end).map((row, i) => weights[start + i]! * dot(solution.unscaledCovariance[j]!, row)),
      ),
    );
  };
  return { ...solution, response };
};

/** Two columns or one of them; where they cannot be told apart, the better one. */
const solve = (rows: Matrix, target: readonly number[], weights: readonly number[], free: readonly boolean[]) => {
  const index = [0, 1].filter((j) => free[j]);
  const zero = {
    step: [0, 0] as [number, number],
    unscaledCovariance: [
      [0, 0],
      [0, 0],
    ] as number[][],
  };
  if (index.length === 0) return zero;
  const fit = leastSquares(
    rows.map((row) => index.map((j) => row[j]!)),
    target,
    weights,
  );
  if (!fit) return undefined;
  index.forEach((j, a) => {
    zero.step[j as 0 | 1] = fit.coefficients[a]!;
    index.forEach((k, b) => {
      zero.unscaledCovariance[j]![k] = fit.unscaledCovariance[a]![b]!;
    });
  });
  return zero;
};
