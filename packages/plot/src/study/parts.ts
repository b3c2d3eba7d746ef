import type { FitPrediction, Flops, IsoFlop, IsoFlopChoices, PowerLaw } from "@isoflop/scaling";
import { budgetsAmong, type DrawnBudget } from "../figures/budgets.js";
import type { HeldOut, LawName } from "../figures/laws.js";
import { type OptimumLaw, optimumLaw } from "../figures/optimum-law.js";
import { computesOf } from "../figures/training.js";
import { type DrawnStudy, type HeldOutCheck, heldOutOf, type TimedRun } from "./study.js";

/** The three laws of a fit. */
export type Laws = Readonly<Record<LawName, PowerLaw>>;

/** A study as its figures, tables and words take it. */
export interface StudyParts {
  /** Budgets that enter the fit, or will. */
  readonly budgets: readonly DrawnBudget[];
  readonly choices: IsoFlopChoices;
  /** The fit and its laws, unless one of them was refused. */
  readonly fitted?: { readonly fit: IsoFlop; readonly laws: Laws } | undefined;
  /** The law that predicts, where that is a mixture over forms. */
  readonly law?: OptimumLaw | undefined;
  /** In the order of their compute, and of their size. */
  readonly heldOut: readonly HeldOut[];
  /** What stands in the place of the loss: `loss`, or a metric. */
  readonly quantity: string;
}

const usual: IsoFlopChoices = { axis: "N", scale: "raw", quantity: "loss", optimum: "parabola", tolerance: 0.1 };

export const partsOf = (study: DrawnStudy): StudyParts => {
  const { runs, fit, rollOut } = study;
  const heldOut = checksOf(study);
  const fitted = fit?.N.ok && fit.D.ok && fit.loss.ok && { fit, laws: { N: fit.N, D: fit.D, loss: fit.loss } };
  const budgets = budgetsAmong(runs, fit, computesOf(heldOut));
  const computes = fit?.budgets.map(({ C }) => C) ?? [];
  const law = rollOut && computes.length > 1 ? optimumLaw(rollOut, computes) : undefined;
  const choices = fit?.choices ?? { ...usual, ...(study.quantity !== undefined && { quantity: study.quantity }) };
  return { budgets, choices, fitted: fitted || undefined, law, heldOut, quantity: choices.quantity };
};

/** What is predicted of a run, as the summary's schema has it. */
interface Check extends HeldOutCheck {
  readonly prediction: FitPrediction<"C", "loss">;
}

const checksOf = (study: DrawnStudy): readonly HeldOut[] => {
  const checks: readonly Check[] = heldOutOf(study);
  const beyond = study.runs.filter(({ C }) => !study.fit?.budgets.some((budget) => budget.C === C));
  // A prediction of a size says the C of its own k·N·D, which is that of its budget but for rounding.
  const computes = [...beyond.map(({ C }) => C), ...checks.map(({ prediction }) => prediction.given.C)];
  return checks.map((check) => {
    const C = computes.find((one) => same(one, check.prediction.given.C))!;
    const there = beyond.filter((run) => run.C === C);
    const alone = checks.filter(({ prediction }) => same(prediction.given.C, C)).length === 1;
    return drawnCheck(check, C, alone && check.run === undefined ? there : there.filter((run) => isOf(check, run)));
  });
};

/** The same number but for rounding. */
const same = (a: number, b: number): boolean => Math.abs(a / b - 1) < 1e-9;

const isOf = (check: Check, { id, N }: TimedRun): boolean =>
  check.run === undefined ? same(sizeOf(check) ?? Number.NaN, N) : check.run === id;

/** Of the model that is predicted, where it need not be the best one. */
const sizeOf = ({ prediction: { given } }: HeldOutCheck): number | undefined => given.N;

const drawnCheck = (check: Check, C: Flops, runs: readonly TimedRun[]): HeldOut => {
  const { prediction, measured } = check;
  const [only] = runs.length === 1 ? runs : [];
  return {
    prediction: { ...prediction, given: { ...prediction.given, C } },
    runs,
    measured: measured && { value: measured.loss, standardError: measured.sigma },
    N: only?.N ?? sizeOf(check),
    width: only?.width,
  };
};
