import { apply, dot, type Matrix, quadraticForm } from "../math/linear.js";

/** A run that could be made, and what it would say about θ. */
export interface Candidate {
  readonly cost: number;
  /** ∂ ln L / ∂θ at the run. */
  readonly gradient: readonly number[];
}

/** Covariance after one more observation with variance σ² (Sherman & Morrison). */
export const afterRun = (covariance: Matrix, gradient: readonly number[], variance: number): number[][] => {
  const vg = apply(covariance, gradient);
  const divisor = variance + dot(vg, gradient);
  return covariance.map((row, i) => row.map((v, j) => v - (vg[i]! * vg[j]!) / divisor));
};

/** Variance of the target after a set of runs. */
export const varianceAfter = (
  covariance: Matrix,
  target: readonly number[],
  runs: readonly Candidate[],
  noise: number,
): number =>
  quadraticForm(
    runs.reduce<Matrix>((v, run) => afterRun(v, run.gradient, noise), covariance),
    target,
  );

/** How strongly cost counts when runs are ranked: 0 takes the most informative run that fits, 1 the most informative per FLOP. */
const THRIFT = [0, 0.5, 0.8, 1];

/**
 * c-optimal design by greedy addition under several exchange rates of information against cost, the best of them improved by
 * exchanging single runs until no exchange helps. Runs may repeat.
 * @returns indices of the chosen candidates
 */
export const chooseRuns = (
  candidates: readonly Candidate[],
  covariance: Matrix,
  target: readonly number[],
  noise: number,
  allowance: number,
  maximumRuns: number,
): number[] => {
  const variance = (chosen: readonly number[]) =>
    varianceAfter(
      covariance,
      target,
      chosen.map((i) => candidates[i]!),
      noise,
    );
  const designs = THRIFT.map((thrift) => greedy(candidates, covariance, target, noise, allowance, maximumRuns, thrift));
  const best = designs.reduce((a, b) => (variance(b) < variance(a) ? b : a));
  return best.length > EXCHANGED ? best : exchange(best, candidates, allowance, maximumRuns, variance);
};

const greedy = (
  candidates: readonly Candidate[],
  covariance: Matrix,
  target: readonly number[],
  noise: number,
  allowance: number,
  maximumRuns: number,
  thrift: number,
): number[] => {
  const chosen: number[] = [];
  let v: Matrix = covariance;
  let left = allowance;
  while (chosen.length < maximumRuns) {
    const vt = apply(v, target);
    let best = -1;
    let bestScore = 0;
    candidates.forEach(({ cost, gradient }, i) => {
      if (cost > left) return;
      const shared = dot(vt, gradient);
      const score = shared ** 2 / (noise + quadraticForm(v, gradient)) / cost ** thrift;
      if (score > bestScore) [best, bestScore] = [i, score];
    });
    if (best < 0) break;
    chosen.push(best);
    left -= candidates[best]!.cost;
    v = afterRun(v, candidates[best]!.gradient, noise);
  }
  return chosen;
};

const EXCHANGES = 20;
/** In a design of more runs than this one exchange hardly matters, and all of them take minutes. */
const EXCHANGED = 64;

const exchange = (
  start: readonly number[],
  candidates: readonly Candidate[],
  allowance: number,
  maximumRuns: number,
  variance: (chosen: readonly number[]) => number,
): number[] => {
  let chosen = [...start];
  let value = variance(chosen);
  for (let round = 0; round < EXCHANGES; round++) {
    let improved: number[] | undefined;
    const spent = chosen.reduce((s, i) => s + candidates[i]!.cost, 0);
    for (let k = 0; k <= chosen.length; k++) {
      const removed = k < chosen.length ? candidates[chosen[k]!]!.cost : 0;
      if (k === chosen.length && chosen.length >= maximumRuns) continue;
      candidates.forEach(({ cost }, i) => {
        if (spent - removed + cost > allowance) return;
        const next = k < chosen.length ? chosen.map((c, j) => (j === k ? i : c)) : [...chosen, i];
        const v = variance(next);
        if (v < value * (1 - 1e-9)) [value, improved] = [v, next];
      });
    }
    if (!improved) break;
    chosen = improved;
  }
  return chosen;
};
