import type { IsoFlop, IsoFlopChoices, PowerLaw } from "@isoflop/scaling";
import { type Budget, budgetsOf, unfitted } from "../figures/budgets.js";
import type { HeldOut, LawName } from "../figures/laws.js";
import type { Study, TimedRun } from "./study.js";

/** The three laws of a fit. */
export type Laws = Readonly<Record<LawName, PowerLaw>>;

/** A study as its figures, tables and words take it. */
export interface StudyParts {
  /** Budgets that enter the fit, or will. */
  readonly budgets: readonly Budget[];
  readonly choices: IsoFlopChoices;
  /** The fit and its laws, unless one of them was refused. */
  readonly fitted?: { readonly fit: IsoFlop; readonly laws: Laws };
  readonly heldOut?: HeldOut & { readonly C: number };
}

const usual: IsoFlopChoices = { axis: "N", scale: "raw", quantity: "loss", optimum: "parabola", tolerance: 0.1 };

export const partsOf = ({ runs, fit, heldOut }: Study): StudyParts => {
  const C = heldOut?.prediction.given.C;
  const known = new Set(fit?.budgets.map((budget) => budget.C));
  const beyond = runs.filter((run) => run.C === C && !known.has(run.C));
  const others = runs.filter((run) => run.C !== C && !known.has(run.C));
  const budgets = [...(fit ? budgetsOf(fit) : []), ...unfitted(others)].sort((a, b) => a.C - b.C);
  const laws = fit && lawsOf(fit);
  return {
    budgets: budgets.map((budget, index) => ({ ...budget, index })),
    choices: fit?.choices ?? usual,
    ...(fit && laws && { fitted: { fit, laws } }),
    ...(heldOut && C !== undefined && { heldOut: { ...heldOutOf(heldOut, beyond), C } }),
  };
};

const lawsOf = ({ N, D, loss }: IsoFlop): Laws | undefined => (N.ok && D.ok && loss.ok ? { N, D, loss } : undefined);

const heldOutOf = ({ prediction, measured }: NonNullable<Study["heldOut"]>, runs: readonly TimedRun[]): HeldOut => ({
  prediction,
  runs,
  ...(measured && { measured: { value: measured.loss, standardError: measured.sigma } }),
});
