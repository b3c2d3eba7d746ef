import type { IsoFlop, Run } from "@isoflop/scaling";
import { onLogAxes, refused, some } from "../error.js";
import { budgetsAmong, type DrawnBudget } from "./budgets.js";
import type { HeldOut } from "./laws.js";
import { thin } from "./thin.js";

/** Training loss of one run, in the order it was seen; arrays of equal length. */
export interface RunCurve {
  /** Id of the run. */
  readonly id: string;
  /** Tokens seen so far, increasing. */
  readonly tokens: readonly number[];
  /** Training loss at that point. */
  readonly loss: readonly number[];
}

/** A run of a study. */
export interface StudyRun extends Run {
  readonly id: string;
  /** FLOPs really spent, which differ from C by the rounding of steps. */
  readonly flops: number;
}

/** Training curves of a study's runs. */
export interface Training {
  readonly runs: readonly StudyRun[];
  readonly curves: readonly RunCurve[];
  /** What was fitted to them, which gives the colours. */
  readonly fit?: IsoFlop | undefined;
  /** Compute beyond the fit. */
  readonly heldOut?: HeldOut | undefined;
}

/** Budgets of the runs; those of another compute are held out. */
export const budgetsIn = ({ runs, fit, heldOut }: Training): DrawnBudget[] =>
  budgetsAmong(runs, fit, heldOut?.prediction.given.C);

/**
 * Runs with their curves, loss against tokens seen, thinned.
 * @throws PlotInputError where there is none, or one is of no run or has a point that no log axis has a place for
 */
export const tracesOf = ({ curves, runs }: Training) => {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const known = curves.filter(({ tokens }) => tokens.length > 0);
  return some("curves", known, "training curve").map(({ id, tokens, loss }, i) => {
    const run = byId.get(id);
    if (!run) throw refused(`curves[${i}].id`, id, "the id of a run");
    if (loss.length !== tokens.length)
      throw refused(`curves[${i}].loss`, loss, `as many values as tokens, ${tokens.length}`);
    const points = tokens.map((seen, j) => ({ tokens: seen, loss: loss[j]! }));
    onLogAxes(`curves[${i}]`, points, ["tokens", "loss"]);
    return { run, points: thin(points.map((point) => ({ x: point.tokens, y: point.loss }))) };
  });
};

export type RunTrace = ReturnType<typeof tracesOf>[number];
