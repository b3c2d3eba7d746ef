/** Writes the gradient at x into `gradient` and returns the value. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

export interface BfgsOptions {
  readonly maxIterations?: number;
  /** Stop when an iteration lowers the value by less than this share of it, twice in a row. */
  readonly relativeTolerance?: number;
}

export interface BfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest absolute component of the gradient. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly converged: boolean;
}

const ARMIJO = 1e-4;
const CURVATURE = 0.9;

/**
 * BFGS with the weak-Wolfe bisection of Lewis & Overton (2013), which also holds up where a Huber loss with a small corner is
 * nearly non-smooth. Tolerances are relative: the objectives here are 1e-3 at the optimum and absolute defaults stop early
 * (Besiroglu et al. 2404.10102).
 */
export const bfgs = (f: Differentiable, start: ArrayLike<number>, options: BfgsOptions = {}): BfgsResult => {
  const { maxIterations = 500, relativeTolerance = 1e-13 } = options;
  const n = start.length;
  let x = Float64Array.from(start);
  let g = new Float64Array(n);
  let value = f(x, g);
  const inverse = new Float64Array(n * n);
  const direction = new Float64Array(n);
  let trial = new Float64Array(n);
  let trialGradient = new Float64Array(n);
  const hy = new Float64Array(n);
  let fresh = true;
  let stalls = 0;
  let iterations = 0;
  let converged = false;
  if (!Number.isFinite(value))
    return { x, value: Number.POSITIVE_INFINITY, gradientNorm: Number.NaN, iterations, converged };

  for (; iterations < maxIterations; iterations++) {
    if (fresh) resetTo(inverse, n, 1 / Math.max(1, norm(g)));
    let slope = 0;
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (let j = 0; j < n; j++) s -= inverse[i * n + j]! * g[j]!;
      direction[i] = s;
      slope += s * g[i]!;
    }
    if (!(slope < 0)) {
      if (fresh) {
        converged = norm(g) === 0 || slope === 0;
        break;
      }
      fresh = true;
      continue;
    }
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let step = 1;
    let next = Number.POSITIVE_INFINITY;
    let accepted = false;
    for (let k = 0; k < 50; k++) {
      for (let i = 0; i < n; i++) trial[i] = x[i]! + step * direction[i]!;
      next = f(trial, trialGradient);
      if (!(next <= value + ARMIJO * step * slope)) {
        high = step;
      } else {
        accepted = true;
        let newSlope = 0;
        for (let i = 0; i < n; i++) newSlope += trialGradient[i]! * direction[i]!;
        if (newSlope >= CURVATURE * slope) break;
        low = step;
      }
      step = Number.isFinite(high) ? (low + high) / 2 : 2 * low;
      if (step === low || step === high) break;
    }
    if (!accepted || !(next < value)) {
      // No descent along this direction: the end, unless a stale inverse Hessian is to blame.
      if (fresh) {
        converged = true;
        break;
      }
      fresh = true;
      continue;
    }
    update(inverse, hy, n, x, trial, g, trialGradient, fresh);
    fresh = false;
    const gain = value - next;
    value = next;
    [x, trial] = [trial, x];
    [g, trialGradient] = [trialGradient, g];
    stalls = gain <= relativeTolerance * Math.abs(value) ? stalls + 1 : 0;
    if (stalls >= 2 || value === 0) {
      converged = true;
      break;
    }
  }
  return { x, value, gradientNorm: norm(g), iterations, converged };
};

const norm = (g: Float64Array): number => {
  let m = 0;
  for (let i = 0; i < g.length; i++) m = Math.max(m, Math.abs(g[i]!));
  return m;
};

const resetTo = (h: Float64Array, n: number, diagonal: number): void => {
  h.fill(0);
  for (let i = 0; i < n; i++) h[i * n + i] = diagonal;
};

/** H ← (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ; the first time H is scaled to yᵀs / yᵀy (Nocedal & Wright 6.20). */
const update = (
  h: Float64Array,
  hy: Float64Array,
  n: number,
  x: Float64Array,
  xNext: Float64Array,
  g: Float64Array,
  gNext: Float64Array,
  first: boolean,
): void => {
  let sy = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const y = gNext[i]! - g[i]!;
    sy += (xNext[i]! - x[i]!) * y;
    yy += y * y;
  }
  if (!(sy > 1e-300)) return;
  if (first) resetTo(h, n, sy / yy);
  let yhy = 0;
  for (let i = 0; i < n; i++) {
    let s = 0;
    for (let j = 0; j < n; j++) s += h[i * n + j]! * (gNext[j]! - g[j]!);
    hy[i] = s;
    yhy += s * (gNext[i]! - g[i]!);
  }
  const factor = (1 + yhy / sy) / sy;
  for (let i = 0; i < n; i++) {
    const si = xNext[i]! - x[i]!;
    for (let j = 0; j < n; j++) {
      const sj = xNext[j]! - x[j]!;
      h[i * n + j]! += factor * si * sj - (hy[i]! * sj + si * hy[j]!) / sy;
    }
  }
};
