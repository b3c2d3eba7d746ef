/** Do 95 % intervals hold, and how wide are they? Studies simulated from known surfaces, in the cells of a table. */
import { normals, type Random, type Run, random } from "../src/index.js";

/** A population of studies: what is true, and what was trained. */
export interface Cell {
  readonly truth: "floor" | "no floor" | "unequal exponents";
  readonly budgets: number;
  readonly sizes: number;
  /** Standard deviation of ln L of one run. */
  readonly noise: number;
}

export interface Truth {
  readonly E: number;
  readonly alpha: number;
  readonly beta: number;
  /** Exponents of N*, and of L* − E. */
  readonly exponents: { readonly N: number; readonly loss: number };
  optimum(C: number): number;
  loss(N: number, D: number): number;
}

export interface Study {
  readonly truth: Truth;
  readonly runs: readonly Run[];
  /** Ten times the largest budget. */
  readonly target: number;
  /** Relative error of one new run. */
  readonly error: number;
}

const FIRST = 2e11;
/** Of one budget to the next. */
const SPACING = Math.sqrt(10);
/** ln of the largest size of a budget over its middle one. */
const HALF_RANGE = Math.log(4);

/** The s-th study of a cell. */
export const study = (cell: Cell, seed: number): Study => {
  const uniform = random(seed);
  const normal = normals(uniform);
  const truth = draw(cell, uniform);
  const offCentre = (uniform() - 0.5) * 0.6;
  const budgets = Array.from({ length: cell.budgets }, (_, i) => FIRST * SPACING ** i);
  const runs = budgets.flatMap((C) =>
    Array.from({ length: cell.sizes }, (_, j): Run => {
      const N = truth.optimum(C) * Math.exp(offCentre + (j / (cell.sizes - 1) - 0.5) * 2 * HALF_RANGE);
      const D = C / (6 * N);
      return { C, N, D, loss: truth.loss(N, D) * Math.exp(cell.noise * normal()) };
    }),
  );
  return { truth, runs, target: 10 * budgets.at(-1)!, error: cell.noise * normal() };
};

const draw = ({ truth }: Cell, uniform: Random): Truth => {
  const N0 = 2e4 * (0.5 + uniform());
  const unequal = truth === "unequal exponents";
  const alpha = unequal ? 0.465 : 0.35 * (0.7 + 0.6 * uniform());
  const beta = unequal ? 0.155 : 0.3 * (0.7 + 0.6 * uniform());
  const E = truth === "no floor" ? 0 : 0.4;
  // A and B such that the optimum of the first budget is N0 and the loss there is 1.
  const A = (((1 - E) * beta) / (alpha + beta)) * N0 ** alpha;
  const B = (((1 - E) * alpha) / (alpha + beta)) * (FIRST / 6 / N0) ** beta;
  return {
    E,
    alpha,
    beta,
    exponents: { N: beta / (alpha + beta), loss: (-alpha * beta) / (alpha + beta) },
    optimum: (C) => ((alpha * A) / (beta * B)) ** (1 / (alpha + beta)) * (C / 6) ** (beta / (alpha + beta)),
    loss: (N, D) => E + A * N ** -alpha + B * D ** -beta,
  };
};
