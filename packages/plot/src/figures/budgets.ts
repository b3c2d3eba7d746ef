import type { IsoFlopOptimum, Run, StudyNumbers } from "../study/types.js";
import type { Theme } from "../theme.js";
import type { SizeName } from "./parabola.js";

/** One isoFLOP curve: the runs of a fitted budget by model size, and its optimum once it exists. */
export interface Budget {
  readonly budget: number;
  readonly runs: readonly Run[];
  readonly optimum: IsoFlopOptimum | undefined;
  /** Place on the colour ramp. */
  readonly index: number;
}

/** Budgets from small to large, runs by size; the held-out budget, which takes no part in the fit, is not among them. */
export const budgetsOf = (study: StudyNumbers, size: SizeName = "params"): Budget[] => {
  const optimum = new Map(study.isoflop.map((entry) => [entry.budget, entry]));
  const fitted = study.runs.filter((run) => run.budget !== study.heldOut?.budget || optimum.has(run.budget));
  const values = [...new Set(fitted.map((run) => run.budget))].sort((a, b) => a - b);
  return values.map((budget, index) => ({
    budget,
    index,
    optimum: optimum.get(budget),
    runs: fitted.filter((run) => run.budget === budget).sort((a, b) => a[size] - b[size]),
  }));
};

/** Runs at the held-out budget. */
export const heldOutRuns = (study: StudyNumbers): Run[] =>
  study.runs.filter(
    (run) => run.budget === study.heldOut?.budget && !study.isoflop.some((o) => o.budget === run.budget),
  );

/** Optima that took part in the laws. */
export const interiorOptima = (budgets: readonly Budget[]): Vertex[] =>
  budgets.flatMap(({ budget, optimum, index }) =>
    optimum?.interior &&
    optimum.optimalParams !== null &&
    optimum.optimalTokens !== null &&
    optimum.optimalLoss !== null
      ? [{ budget, index, params: optimum.optimalParams, tokens: optimum.optimalTokens, loss: optimum.optimalLoss }]
      : [],
  );

/** Whether any budget has an optimum to compare with a law. */
export const hasOptima = (study: StudyNumbers): boolean => study.isoflop.some((optimum) => optimum.interior);

export interface Vertex {
  readonly budget: number;
  readonly index: number;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
}

/** Colour of the run or curve of `budget`. */
export const colourOf = (theme: Theme, budgets: readonly Budget[]): ((budget: number) => string) => {
  const place = new Map(budgets.map(({ budget, index }) => [budget, index]));
  return (budget) => {
    const index = place.get(budget);
    return index === undefined ? theme.heldOut : theme.budget(index, budgets.length);
  };
};
