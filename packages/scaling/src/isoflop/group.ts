import { badOption, ScalingError } from "../errors.js";
import { checkRuns } from "../input/runs.js";
import type { Flops, Run } from "../types.js";

/** Runs that spent the same compute, to within the tolerance. */
export interface Budget {
  /** Geometric mean of the group's compute. */
  readonly C: Flops;
  readonly runs: readonly Run[];
  /** Largest relative distance of a run's compute from `C`. */
  readonly spread: number;
}

/**
 * Sorts runs into compute budgets, ascending. Without nominal budgets a new group begins where C exceeds the group's smallest by more
 * than the tolerance; with them a run belongs to the nearest one, and to none if that is further off than the tolerance.
 * @param tolerance relative width of a group; 0.1 allows for the rounding of steps and sizes
 * @param nominal budgets the study meant, for data whose compute scatters
 */
export const groupByBudget = (runs: readonly Run[], tolerance = 0.1, nominal?: readonly Flops[]): Budget[] => {
  if (!(tolerance >= 0)) throw badOption("tolerance", tolerance, "zero or more");
  checkRuns(runs);
  const sorted = [...runs].sort((a, b) => a.C - b.C);
  if (nominal) return groupByNominal(sorted, tolerance, nominal);
  const budgets: Budget[] = [];
  let from = 0;
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i]!.C <= sorted[from]!.C * (1 + tolerance)) continue;
    budgets.push(budgetOf(sorted.slice(from, i)));
    from = i;
  }
  return budgets;
};

const groupByNominal = (sorted: readonly Run[], tolerance: number, nominal: readonly Flops[]): Budget[] => {
  if (nominal.some((C) => !(C > 0)))
    throw new ScalingError("bad-option", `budgets are ${nominal.join(", ")}; expected positive FLOPs`);
  const members = new Map(nominal.map((C) => [C, [] as Run[]]));
  for (const run of sorted) {
    const distance = (C: Flops) => Math.abs(Math.log(run.C / C));
    const nearest = nominal.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    if (distance(nearest) <= Math.log1p(tolerance)) members.get(nearest)!.push(run);
  }
  return [...members.values()]
    .filter((group) => group.length > 0)
    .map(budgetOf)
    .sort((a, b) => a.C - b.C);
};

const budgetOf = (runs: readonly Run[]): Budget => {
  const low = runs[0]!.C;
  const high = runs[runs.length - 1]!.C;
  const sum = runs.reduce((total, run) => total + Math.log(run.C / low), 0);
  const C = low === high ? low : low * Math.exp(sum / runs.length);
  return { C, runs, spread: Math.max(high / C - 1, 1 - low / C) };
};
