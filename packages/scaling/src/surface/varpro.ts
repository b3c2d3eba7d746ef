import { bfgs } from "../math/bfgs.js";
import { leastSquares } from "../math/linear.js";
import type { SurfaceData } from "./data.js";
import { nonNegativeLeastSquares } from "./nonNegative.js";

/** Squared-error fit of E + A/N^α + B/D^β on centred logarithms. */
export interface VarproFit {
  readonly E: number;
  /** Of the centred surface: A exp(−α ln N) with ln N centred. */
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
  readonly rss: number;
  readonly gradientNorm: number;
  readonly converged: boolean;
  /** Starts tried, and how many ended at the best value. */
  readonly starts: number;
  readonly reachedBest: number;
}

const START_EXPONENTS = [0.05, 0.15, 0.3, 0.5, 0.8, 1.3, 2];
const SAME_OPTIMUM = 1e-6;

/**
 * Variable projection (Golub & Pereyra 1973; for scaling laws 2603.22339): E, A, B ≥ 0 are solved exactly at every (α, β), and only
 * the exponents are searched. The gradient in α and β is that of the residual at fixed E, A, B, by the envelope theorem.
 * @param from starting exponents instead of the built-in grid
 */
export function varpro(data: SurfaceData, from?: readonly (readonly [number, number])[]): VarproFit {
  const { lnN, lnD, loss, weight } = data;
  const n = loss.length;
  const ones = new Float64Array(n).fill(1);
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  const solve = (alpha: number, beta: number) => {
    for (let i = 0; i < n; i++) {
      x[i] = Math.exp(-alpha * lnN[i]!);
      y[i] = Math.exp(-beta * lnD[i]!);
    }
    return nonNegativeLeastSquares([ones, x, y], loss, weight);
  };
  // Searched in ln α and ln β, which keeps them positive.
  const objective = (logs: Float64Array, gradient: Float64Array) => {
    const alpha = Math.exp(logs[0]!);
    const beta = Math.exp(logs[1]!);
    if (!(alpha < STEEPEST && beta < STEEPEST)) return Number.POSITIVE_INFINITY;
    const fit = solve(alpha, beta);
    const [E, A, B] = fit.coefficients;
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const r = weight[i]! * (E + A * x[i]! + B * y[i]! - loss[i]!);
      gradient[0]! -= 2 * r * A * lnN[i]! * x[i]! * alpha;
      gradient[1]! -= 2 * r * B * lnD[i]! * y[i]! * beta;
    }
    return fit.rss;
  };
  const starts = from ?? START_EXPONENTS.flatMap((alpha) => START_EXPONENTS.map((beta) => [alpha, beta] as const));
  const results = starts.map(([alpha, beta]) =>
    bfgs(objective, [Math.log(alpha), Math.log(beta)], { maxIterations: 200 }),
  );
  const best = results.reduce((a, b) => (b.value < a.value ? b : a));
  const alpha = Math.exp(best.x[0]!);
  const beta = Math.exp(best.x[1]!);
  const [E, A, B] = solve(alpha, beta).coefficients;
  const rounding = 1e-20 * loss.reduce((s, v) => s + v * v, 0);
  const polished = polish(data, { E, A, B, alpha, beta, rss: best.value });
  return {
    ...polished,
    gradientNorm: best.gradientNorm,
    converged: best.converged,
    starts: results.length,
    reachedBest: results.filter((r) => r.value <= best.value * (1 + SAME_OPTIMUM) + rounding).length,
  };
}

/** Exponents are not searched beyond this; no corpus comes near it, and powers overflow later. */
const STEEPEST = 20;

interface Point {
  readonly E: number;
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
  readonly rss: number;
}

/** Gauss–Newton in all five: on noise-free data the residual is below what a gradient of its square can resolve. */
function polish(data: SurfaceData, start: Point): Point {
  let point = start;
  if (point.A <= 0 || point.B <= 0 || point.E <= 0) return point;
  for (let k = 0; k < 20; k++) {
    const { jacobian, residuals, weights } = linearise(data, point);
    const step = leastSquares(jacobian, residuals, weights);
    if (!step) break;
    const [dE, dA, dB, dAlpha, dBeta] = step.coefficients as [number, number, number, number, number];
    const next = {
      E: point.E + dE,
      A: point.A + dA,
      B: point.B + dB,
      alpha: point.alpha + dAlpha,
      beta: point.beta + dBeta,
    };
    if (!(next.E > 0 && next.A > 0 && next.B > 0 && next.alpha > 0 && next.beta > 0)) break;
    const rss = linearise(data, { ...next, rss: 0 }).rss;
    if (!(rss < point.rss)) break;
    point = { ...next, rss };
  }
  return point;
}

export function linearise({ lnN, lnD, loss, weight }: SurfaceData, { E, A, B, alpha, beta }: Point) {
  const jacobian: number[][] = [];
  const residuals: number[] = [];
  const weights: number[] = [];
  let rss = 0;
  for (let i = 0; i < loss.length; i++) {
    const w = weight[i]!;
    if (w === 0) continue;
    const x = Math.exp(-alpha * lnN[i]!);
    const y = Math.exp(-beta * lnD[i]!);
    const r = loss[i]! - (E + A * x + B * y);
    jacobian.push([1, x, y, -A * lnN[i]! * x, -B * lnD[i]! * y]);
    residuals.push(r);
    weights.push(w);
    rss += w * r * r;
  }
  return { jacobian, residuals, weights, rss };
}
