import type { Instant, StepPlace } from "../solver.js";

/**
 * How a step is written where x_t = alpha x + sigma noise is known at one time: in data, x / sigma moves by data · d(alpha / sigma); in noise, x / alpha
 * by noise · d(sigma / alpha). `carry` and `gain` are what divides and what multiplies (DPM-Solver++, arXiv 2211.01095, equation 8; DPM-Solver, arXiv
 * 2206.00927, equation 3.4).
 */
export interface Form {
  readonly reads: "data" | "noise";
  carry(at: Instant): number;
  gain(at: Instant): number;
  /** From one time to the next in log(gain / carry). */
  span(from: Instant, to: Instant): number;
}

export const inData: Form = {
  reads: "data",
  carry: ({ sigma }) => sigma,
  gain: ({ alpha }) => alpha,
  span: (from, to) => to.lambda - from.lambda,
};

export const inNoise: Form = {
  reads: "noise",
  carry: ({ alpha }) => alpha,
  gain: ({ sigma }) => sigma,
  span: (from, to) => from.lambda - to.lambda,
};

/** x_to = carry · x + gain · value, exact where what is read stays as it is: finite wherever `from` has what it carries. */
export const held = (form: Form, from: Instant, to: Instant): { readonly carry: number; readonly gain: number } => {
  const carry = form.carry(to) / form.carry(from);
  return { carry, gain: form.gain(to) - form.gain(from) * carry };
};

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/**
 * φ_k(-h) of exponential integrators: (1 - e^-h) / h, and after it (1 / k! - φ_k) / h (Hochbruck and Ostermann, Acta Numerica 2010, equation 2.10).
 */
export const phi = (k: number, h: number): number => {
  if (Math.abs(h) < 0.5) {
    let [term, sum] = [1 / factorial(k), 0];
    for (let j = 1; j < 24; j++) {
      sum += term;
      term *= -h / (j + k);
    }
    return sum;
  }
  if (k === 1) return -Math.expm1(-h) / h;
  return (1 / factorial(k - 1) - phi(k - 1, h)) / h;
};

/**
 * What each value at nodes counts in a step of length h, divided by h times the gain, where the polynomial through them is integrated: an exponential Adams
 * method (Hochbruck and Ostermann, equation 2.56). Nodes are in units of the step: 0 where it starts, 1 where it ends.
 */
export const adams = (h: number, nodes: readonly number[]): readonly number[] =>
  nodes.map((node, j) => {
    // The polynomial that is 1 at this node and 0 at the others, by its powers.
    let powers = [1];
    for (const [k, other] of nodes.entries())
      if (k !== j) {
        const [scale, last] = [1 / (node - other), powers];
        powers = [0, ...last].map((value, power) => (value - (last[power] ?? 0) * other) * scale);
      }
    return powers.reduce((sum, value, power) => sum + value * factorial(power) * phi(power + 1, h), 0);
  });

/** Whether a time has a log signal-to-noise ratio: data and noise are both in it. */
export const hasLambda = ({ lambda }: Instant): boolean => Number.isFinite(lambda);

/** How many of the times before a step, and the one it starts from, are such as it can use: 0 where it cannot use its own. */
export const usable = ({ from, before }: StepPlace, can: (at: Instant) => boolean): number => {
  const first = [from, ...before].findIndex((at) => !can(at));
  return first === -1 ? before.length + 1 : first;
};
