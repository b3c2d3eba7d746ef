import { invertPositive, type Matrix, solvePositive, zeros } from "../../math/linear.js";
import { rowLoss, type SurfaceData } from "../data.js";
import type { SurfaceForm } from "../form.js";

/** The best surface of a form at one floor, on the axes of its data. */
export interface SurfaceAtFloor {
  readonly theta: readonly number[];
  /** Σ w (ln L̂ − ln L)². */
  readonly squares: number;
  /** The same, and what the prior takes. */
  readonly objective: number;
  /** Times the variance of a run the covariance of θ, zero for the floor; undefined where the runs do not tell the others apart. */
  readonly unscaledCovariance: Matrix | undefined;
  readonly converged: boolean;
}

const STEPS = 60;
/** A step that lowers the objective by less than this share of it is the last. */
const LEAST_GAIN = 1e-11;
/** A step that does not lower the objective is damped this many times before there is none. */
const DAMPINGS = 12;

/** Which θ is the logarithm of the floor; −1 for a form without one. */
export const floorAt = (form: SurfaceForm): number =>
  form.theta.indexOf(form.parameters.find(({ name }) => name === "E")?.exponentialOf ?? "");

/**
 * Least squares of ln L over every parameter but the floor, which stays that of `start`, by Levenberg and Marquardt's steps.
 * @param variance of a run: in its units the form's prior is weighed
 */
export const fitAtFloor = (
  form: SurfaceForm,
  data: SurfaceData,
  start: readonly number[],
  variance: number,
): SurfaceAtFloor => {
  const free = form.theta.flatMap((_, j) => (j === floorAt(form) ? [] : [j]));
  const precision = free.map((j) => {
    const deviation = form.prior?.[form.theta[j]!];
    return deviation === undefined ? 0 : variance / deviation ** 2;
  });
  const at = (theta: readonly number[]) => linearised(form, data, theta, free, precision);
  let theta = [...start];
  let current = at(theta);
  let damping = 1e-4;
  let converged = false;
  for (let i = 0; i < STEPS && !converged; i++) {
    let moved = false;
    for (let k = 0; k < DAMPINGS && !moved; k++) {
      const { gram, moments } = current;
      const damped = gram.map((row, a) => row.map((v, b) => (a === b ? v * (1 + damping) + Number.MIN_VALUE : v)));
      const step = solvePositive(damped, moments);
      const next = step && [...theta];
      if (next) for (const [k, j] of free.entries()) next[j]! -= step[k]!;
      const there = next && at(next);
      if (there && there.objective <= current.objective) {
        converged = current.objective - there.objective <= LEAST_GAIN * current.objective;
        [theta, current, moved] = [next, there, true];
        damping = Math.max(1e-12, damping / 10);
      } else damping *= 8;
    }
    if (!moved) converged = true;
  }
  const { squares, objective, gram } = current;
  const inverse = invertPositive(gram);
  return {
    theta,
    squares,
    objective,
    converged,
    unscaledCovariance: inverse && spreadOut(inverse, free, theta.length),
  };
};

const spreadOut = (small: Matrix, free: readonly number[], size: number): number[][] => {
  const out = zeros(size);
  for (const [a, i] of free.entries()) for (const [b, j] of free.entries()) out[i]![j] = small[a]![b]!;
  return out;
};

/** Squares, and what Gauss and Newton's equations are made of, over the free parameters. */
const linearised = (
  form: SurfaceForm,
  data: SurfaceData,
  theta: readonly number[],
  free: readonly number[],
  precision: readonly number[],
) => {
  const p = free.length;
  const gram = zeros(p);
  const moments = new Array<number>(p).fill(0);
  const g = new Float64Array(theta.length);
  const at = rowLoss(form, data);
  let squares = 0;
  for (let i = 0; i < data.lnL.length; i++) {
    const w = data.weight[i]!;
    if (w === 0) continue;
    const r = at(theta, i, g) - data.lnL[i]!;
    squares += w * r * r;
    for (let a = 0; a < p; a++) {
      const weighted = w * g[free[a]!]!;
      moments[a]! += weighted * r;
      for (let b = 0; b <= a; b++) gram[a]![b]! += weighted * g[free[b]!]!;
    }
  }
  for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) gram[b]![a] = gram[a]![b]!;
  let objective = squares;
  for (const [a, weight] of precision.entries()) {
    const value = theta[free[a]!]!;
    gram[a]![a]! += weight;
    moments[a]! += weight * value;
    objective += weight * value * value;
  }
  return { gram, moments, squares, objective };
};
