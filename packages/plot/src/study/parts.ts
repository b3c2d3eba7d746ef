import type { IsoFlop, IsoFlopChoices, PowerLaw } from "@isoflop/scaling";
import { budgetsAmong, type DrawnBudget } from "../figures/budgets.js";
import type { HeldOut, LawName } from "../figures/laws.js";
import { computesOf } from "../figures/training.js";
import { type DrawnStudy, type HeldOutCheck, heldOutOf } from "./study.js";

/** The three laws of a fit. */
export type Laws = Readonly<Record<LawName, PowerLaw>>;

/** A study as its figures, tables and words take it. */
export interface StudyParts {
  /** Budgets that enter the fit, or will. */
  readonly budgets: readonly DrawnBudget[];
  readonly choices: IsoFlopChoices;
  /** The fit and its laws, unless one of them was refused. */
  readonly fitted?: { readonly fit: IsoFlop; readonly laws: Laws } | undefined;
  /** In the order of their compute. */
  readonly heldOut: readonly HeldOut[];
}

const usual: IsoFlopChoices = { axis: "N", scale: "raw", quantity: "loss", optimum: "parabola", tolerance: 0.1 };

export const partsOf = (study: DrawnStudy): StudyParts => {
  const { runs, fit } = study;
  const heldOut = heldOutOf(study).map((check) => drawnCheck(study, check));
  const fitted = fit?.N.ok && fit.D.ok && fit.loss.ok && { fit, laws: { N: fit.N, D: fit.D, loss: fit.loss } };
  const budgets = budgetsAmong(runs, fit, computesOf(heldOut));
  return { budgets, choices: fit?.choices ?? usual, fitted: fitted || undefined, heldOut };
};

const drawnCheck = ({ runs, fit }: DrawnStudy, { prediction, measured }: HeldOutCheck): HeldOut => {
  const { C } = prediction.given;
  return {
    prediction,
    runs: runs.filter((run) => run.C === C && !fit?.budgets.some((budget) => budget.C === C)),
    measured: measured && { value: measured.loss, standardError: measured.sigma },
  };
};
