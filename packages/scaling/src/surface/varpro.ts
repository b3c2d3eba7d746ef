import { bfgs } from "../math/bfgs.js";
import { leastSquares } from "../math/linear.js";
import { product } from "../math/product.js";
import { rowLoss, type SurfaceData } from "./data.js";
import type { Descent, Effort } from "./descent.js";
import type { PowerTerms, SurfaceForm } from "./form.js";
import { nonNegativeLeastSquares } from "./non-negative.js";
import { type Measure, objectiveOf } from "./objective.js";

/** Exponents are not searched beyond these; no corpus comes near them, and powers overflow later. */
const STEEPEST = 20;
const FLATTEST = 1e-3;
const START_EXPONENTS = [0.05, 0.15, 0.3, 0.5, 0.8, 1.3, 2];

/** Starts that differ in the exponents only: the rest of θ is solved for. */
export const exponentStarts = (has: PowerTerms): number[][] =>
  product(START_EXPONENTS, has.tied ? [0] : START_EXPONENTS).map(([alpha, beta]) =>
    assemble(has, [0, 0, 0], alpha!, beta!),
  );

/** θ from [E, A, B] and the exponents. */
const assemble = (
  has: PowerTerms,
  [e, a, b]: readonly [number, number, number],
  alpha: number,
  beta: number,
): number[] => [a, b, ...(has.floor ? [e] : []), alpha, ...(has.tied ? [] : [beta])];

/**
 * Squared-error fit of a sum of power terms by variable projection (Golub & Pereyra 1973; for scaling laws 2603.22339):
 * E, A, B ≥ 0 are solved exactly at every (α, β), and only the exponents are searched. The gradient in α and β is that of the
 * residual at fixed E, A, B, by the envelope theorem.
 * @param start θ, of which only the exponents are read
 */
export const varpro = (has: PowerTerms, data: SurfaceData, start: readonly number[], effort: Effort): Descent => {
  const project = projection(data, has);
  const first = has.floor ? 3 : 2;
  const exponents = has.tied ? [start[first]!] : [start[first]!, start[first + 1]!];
  // Searched in ln α and ln β, which keeps them positive.
  const logs = exponents.map((v) => Math.log(Math.min(STEEPEST / 2, Math.max(FLATTEST, v))));
  const found = bfgs(
    (at, gradient) => {
      const [alpha, beta] = [Math.exp(at[0]!), Math.exp(at[at.length - 1]!)];
      if (!(alpha < STEEPEST && beta < STEEPEST)) return Number.POSITIVE_INFINITY;
      const { rss, slopeN, slopeD } = project(alpha, beta);
      gradient[0] = slopeN * alpha;
      if (has.tied) gradient[0] += slopeD * alpha;
      else gradient[1] = slopeD * beta;
      return rss;
    },
    logs,
    effort,
  );
  const [alpha, beta] = [Math.exp(found.x[0]!), Math.exp(found.x[found.x.length - 1]!)];
  const { E, A, B } = project(alpha, beta);
  const theta = assemble(has, [Math.log(E), Math.log(A), Math.log(B)], alpha, beta);
  const { value, gradientNorm, converged } = found;
  return { theta, value, gradientNorm, converged };
};

/** E, A and B at given exponents, the sum of squares that they leave, and its slopes in α and β while they are held. */
const projection = ({ lnN, lnD, loss, weight }: SurfaceData, { floor }: PowerTerms) => {
  const n = loss.length;
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  return (alpha: number, beta: number) => {
    let [s1, sx, sy, sxx, sxy, syy, l1, lx, ly] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const u = Math.exp(-alpha * lnN[i]!);
      const v = Math.exp(-beta * lnD[i]!);
      x[i] = u;
      y[i] = v;
      s1 += w;
      sx += w * u;
      sy += w * v;
      sxx += w * u * u;
      sxy += w * u * v;
      syy += w * v * v;
      l1 += w * loss[i]!;
      lx += w * u * loss[i]!;
      ly += w * v * loss[i]!;
    }
    const gram = [
      [sxx, sxy, sx],
      [sxy, syy, sy],
      [sx, sy, s1],
    ];
    const k = floor ? 3 : 2;
    const solved = nonNegativeLeastSquares(
      gram.slice(0, k).map((row) => row.slice(0, k)),
      [lx, ly, l1].slice(0, k),
    );
    const [A, B, E = 0] = solved as [number, number, number?];
    // The residuals themselves: from the normal equations their sum of squares would drown in rounding.
    let [rss, slopeN, slopeD] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const r = E + A * x[i]! + B * y[i]! - loss[i]!;
      rss += w * r * r;
      slopeN -= 2 * w * r * A * lnN[i]! * x[i]!;
      slopeD -= 2 * w * r * B * lnD[i]! * y[i]!;
    }
    return { E, A, B, rss, slopeN, slopeD };
  };
};

const POLISHING_STEPS = 20;

/** Gauss–Newton in all of θ: on noise-free data the residual is below what a gradient of its square can resolve. */
export const polishSquares = (form: SurfaceForm, data: SurfaceData, measure: Measure, start: Descent): Descent => {
  const objective = objectiveOf(form, data, measure);
  const gradient = new Float64Array(form.theta.length);
  const valueAt = (theta: readonly number[]) => objective(Float64Array.from(theta), gradient);
  const free = start.theta.flatMap((v, j) => (Number.isFinite(v) ? [j] : []));
  let theta = start.theta;
  let value = valueAt(theta);
  for (let k = 0; k < POLISHING_STEPS; k++) {
    const { jacobian, residuals, weights } = linearise(form, data, theta, free);
    const step = leastSquares(jacobian, residuals, weights);
    if (!step) break;
    const next = [...theta];
    free.forEach((j, i) => {
      next[j]! += step.coefficients[i]!;
    });
    const lower = valueAt(next);
    if (!(lower < value)) break;
    [theta, value] = [next, lower];
  }
  valueAt(theta);
  const gradientNorm = free.reduce((m, j) => Math.max(m, Math.abs(gradient[j]!)), 0);
  return { theta, value, gradientNorm, converged: start.converged };
};

const linearise = (form: SurfaceForm, data: SurfaceData, theta: readonly number[], free: readonly number[]) => {
  const g = new Float64Array(theta.length);
  const jacobian: number[][] = [];
  const residuals: number[] = [];
  const weights: number[] = [];
  const at = rowLoss(form, data);
  for (let i = 0; i < data.loss.length; i++) {
    const w = data.weight[i]!;
    if (w === 0) continue;
    const predicted = Math.exp(at(theta, i, g));
    jacobian.push(free.map((j) => predicted * g[j]!));
    residuals.push(data.loss[i]! - predicted);
    weights.push(w);
  }
  return { jacobian, residuals, weights };
};
