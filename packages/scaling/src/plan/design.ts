import type { Belief, Candidate } from "./belief.js";

/** What a design may be. */
export interface Allowed {
  readonly allowance: number;
  /** Counted with all seeds. */
  readonly maximumRuns: number;
  /** How often one model may be trained. */
  readonly mostSeeds: number;
}

/** What is believed after a set of runs. */
export const afterRuns = (belief: Belief, runs: readonly Candidate[]): Belief =>
  runs.reduce((known, run, slot) => known.after(run, slot), belief);

/** How strongly cost counts when runs are ranked: 0 takes the most informative run that fits, 1 the most informative per unit of cost. */
const THRIFT = [0, 0.5, 0.8, 1];
const EXCHANGES = 20;
/** In a design of more runs than this one exchange hardly matters, and all of them take minutes. */
const EXCHANGED = 64;

/**
 * The set of runs after which the expected variance of the target is least: by greedy addition under several exchange rates of information
 * against cost, the best of them improved by exchanging single runs until no exchange helps. Runs may repeat. With one component it is
 * c-optimal design.
 */
export const chooseRuns = <C extends Candidate>(
  candidates: readonly C[],
  belief: Belief,
  allowed: Allowed,
): readonly C[] => {
  const designs = THRIFT.map((thrift) => {
    const runs = greedy(candidates, belief, allowed, thrift);
    return { runs, variance: afterRuns(belief, runs).variance };
  });
  const best = designs.reduce((a, b) => (b.variance < a.variance ? b : a));
  return best.runs.length > EXCHANGED ? best.runs : exchanged(best.runs, candidates, belief, allowed);
};

export const costOf = (runs: readonly Candidate[]): number => runs.reduce((sum, { cost }) => sum + cost, 0);

const seedsOf = (runs: readonly Candidate[]): number => runs.reduce((sum, { seeds }) => sum + seeds, 0);

/** Whether one run more is still allowed, beside its cost. */
const hasRoom = (runs: readonly Candidate[], candidate: Candidate, { maximumRuns, mostSeeds }: Allowed): boolean =>
  seedsOf(runs) + candidate.seeds <= maximumRuns &&
  (mostSeeds === Number.POSITIVE_INFINITY ||
    seedsOf(runs.filter((run) => run === candidate)) + candidate.seeds <= mostSeeds);

const greedy = <C extends Candidate>(
  candidates: readonly C[],
  start: Belief,
  allowed: Allowed,
  thrift: number,
): C[] => {
  const chosen: C[] = [];
  let belief = start;
  let left = allowed.allowance;
  for (;;) {
    const now = belief.variance;
    let best: C | undefined;
    let bestScore = 0;
    for (const candidate of candidates) {
      if (candidate.cost > left || !hasRoom(chosen, candidate, allowed)) continue;
      const score = (now - belief.varianceWith(candidate, chosen.length)) / candidate.cost ** thrift;
      if (score > bestScore) [best, bestScore] = [candidate, score];
    }
    if (!best) return chosen;
    belief = belief.after(best, chosen.length);
    chosen.push(best);
    left -= best.cost;
  }
};

const exchanged = <C extends Candidate>(
  start: readonly C[],
  candidates: readonly C[],
  belief: Belief,
  allowed: Allowed,
): readonly C[] => {
  let chosen = start;
  let value = afterRuns(belief, chosen).variance;
  for (let round = 0; round < EXCHANGES; round++) {
    let improved: readonly C[] | undefined;
    // The place after the last is that of one run more.
    for (let k = 0; k <= chosen.length; k++) {
      const others = chosen.toSpliced(k, 1);
      const spent = costOf(others);
      // A run keeps its noise where another before it goes.
      const known = chosen.reduce((so, run, slot) => (slot === k ? so : so.after(run, slot)), belief);
      for (const candidate of candidates) {
        if (spent + candidate.cost > allowed.allowance || !hasRoom(others, candidate, allowed)) continue;
        const variance = known.varianceWith(candidate, k);
        if (variance < value * (1 - 1e-9)) {
          value = variance;
          improved = [...chosen.slice(0, k), candidate, ...chosen.slice(k + 1)];
        }
      }
    }
    if (!improved) break;
    chosen = improved;
  }
  return chosen;
};
