import { type BudgetProfile, type Flops, groupByBudget, type IsoFlop, isInterior, type Run } from "@isoflop/scaling";
import type { Theme } from "../chart/theme.js";

/** The runs of one compute by size, and what was fitted to them where that was done. */
export interface DrawnBudget {
  readonly C: Flops;
  readonly runs: readonly Run[];
  readonly profile?: BudgetProfile;
  /** Place on the colour ramp. */
  readonly index: number;
}

/** Budgets of a fit from small to large, and those of other runs, which nothing has been fitted to; without the compute held out. */
export const budgetsAmong = (
  runs: readonly Run[],
  fit: IsoFlop | undefined,
  heldOut: readonly Flops[] = [],
): DrawnBudget[] => {
  const fitted = (fit?.budgets ?? [])
    .filter((profile) => profile.runs.length > 0)
    .map((profile) => ({ C: profile.C, runs: profile.runs, profile }));
  const others = runs.filter(({ C }) => !heldOut.includes(C) && fitted.every((budget) => budget.C !== C));
  const axis = fit?.choices.axis ?? "N";
  return [...fitted, ...groupByBudget(others)]
    .sort((a, b) => a.C - b.C)
    .map((budget, index) => ({ ...budget, runs: [...budget.runs].sort((a, b) => a[axis] - b[axis]), index }));
};

export const budgetsOf = (fit: IsoFlop): DrawnBudget[] => budgetsAmong([], fit);

/** Optima that took part in the laws. */
export const verticesOf = (budgets: readonly DrawnBudget[]) =>
  budgets.flatMap(({ C, profile, index }) => {
    if (!profile || !isInterior(profile)) return [];
    const { N, D, loss } = profile.optimum;
    return [{ C, index, N: N.value, D: D.value, loss: loss.value }];
  });

/** Whether a budget was fitted and has no optimum. */
export const isRefused = ({ profile }: DrawnBudget): boolean => profile !== undefined && !isInterior(profile);

/** Colour of the runs of a compute; of what is held out where the fit does not have it. */
export const colourOf = (theme: Theme, budgets: readonly DrawnBudget[]): ((C: Flops) => string) => {
  const place = new Map(budgets.map(({ C, index }) => [C, index]));
  return (C) => {
    const index = place.get(C);
    return index === undefined ? theme.heldOut : theme.budget(index, budgets.length);
  };
};

/** How a run is called. */
export const nameOf = ({ label, row }: Run): string => label ?? (row === undefined ? "run" : `row ${row}`);
