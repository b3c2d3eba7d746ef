import { apply, dot, type Matrix, quadraticForm } from "../math/linear.js";

/** A run that could be made, and what it would say about θ. */
export interface Candidate {
  readonly cost: number;
  /** ∂ ln L / ∂θ at the run. */
  readonly gradient: readonly number[];
}

/** What is known of θ, what of it is asked, and what the answer may cost. */
export interface Question {
  readonly covariance: Matrix;
  /** ∂ target / ∂θ. */
  readonly target: readonly number[];
  /** Variance of one run. */
  readonly noise: number;
  readonly allowance: number;
  readonly maximumRuns: number;
}

/** Covariance after one more observation with variance σ² (Sherman & Morrison). */
const afterRun = (covariance: Matrix, gradient: readonly number[], variance: number): number[][] => {
  const vg = apply(covariance, gradient);
  const divisor = variance + dot(vg, gradient);
  return covariance.map((row, i) => row.map((v, j) => v - (vg[i]! * vg[j]!) / divisor));
};

/** Variance of the target after a set of runs. */
export const varianceAfter = ({ covariance, target, noise }: Question, runs: readonly Candidate[]): number => {
  const after = runs.reduce<Matrix>((v, { gradient }) => afterRun(v, gradient, noise), covariance);
  return quadraticForm(after, target);
};

/** How strongly cost counts when runs are ranked: 0 takes the most informative run that fits, 1 the most informative per FLOP. */
const THRIFT = [0, 0.5, 0.8, 1];
const EXCHANGES = 20;
/** In a design of more runs than this one exchange hardly matters, and all of them take minutes. */
const EXCHANGED = 64;

/**
 * c-optimal design by greedy addition under several exchange rates of information against cost, the best of them improved by
 * exchanging single runs until no exchange helps. Runs may repeat.
 */
export const chooseRuns = <C extends Candidate>(candidates: readonly C[], question: Question): readonly C[] => {
  const designs = THRIFT.map((thrift) => greedy(candidates, question, thrift));
  const best = designs.reduce((a, b) => (varianceAfter(question, b) < varianceAfter(question, a) ? b : a));
  return best.length > EXCHANGED ? best : exchanged(best, candidates, question);
};

const greedy = <C extends Candidate>(candidates: readonly C[], question: Question, thrift: number): C[] => {
  const { target, noise, allowance, maximumRuns } = question;
  const chosen: C[] = [];
  let v = question.covariance;
  let left = allowance;
  while (chosen.length < maximumRuns) {
    const vt = apply(v, target);
    let best: C | undefined;
    let bestScore = 0;
    for (const candidate of candidates) {
      const { cost, gradient } = candidate;
      if (cost > left) continue;
      const score = dot(vt, gradient) ** 2 / (noise + quadraticForm(v, gradient)) / cost ** thrift;
      if (score > bestScore) [best, bestScore] = [candidate, score];
    }
    if (!best) break;
    chosen.push(best);
    left -= best.cost;
    v = afterRun(v, best.gradient, noise);
  }
  return chosen;
};

const exchanged = <C extends Candidate>(start: readonly C[], candidates: readonly C[], question: Question) => {
  const { allowance, maximumRuns } = question;
  let chosen = start;
  let value = varianceAfter(question, chosen);
  for (let round = 0; round < EXCHANGES; round++) {
    let improved: readonly C[] | undefined;
    const spent = chosen.reduce((sum, { cost }) => sum + cost, 0);
    // The place after the last is that of one run more.
    for (let k = 0; k < Math.min(chosen.length + 1, maximumRuns); k++) {
      for (const candidate of candidates) {
        if (spent - (chosen[k]?.cost ?? 0) + candidate.cost > allowance) continue;
        const next = [...chosen.slice(0, k), candidate, ...chosen.slice(k + 1)];
        const v = varianceAfter(question, next);
        if (v < value * (1 - 1e-9)) [value, improved] = [v, next];
      }
    }
    if (!improved) break;
    chosen = improved;
  }
  return chosen;
};
