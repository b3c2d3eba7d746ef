import type { IsoFlop, Run } from "@isoflop/scaling";
import { listOf, type Several } from "../chart/several.js";
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
  readonly heldOut?: Several<HeldOut>;
}

/** Compute of what is held out. */
export const computesOf = (heldOut: Several<HeldOut>): number[] =>
  listOf(heldOut).map(({ prediction }) => prediction.given.C);

/** Budgets of the runs; those of another compute are held out. */
export const budgetsIn = ({ runs, fit, heldOut }: Training): DrawnBudget[] =>
  budgetsAmong(runs, fit, computesOf(heldOut));

/** Points of one curve, and of all of them together: a page with hundreds of runs has to be opened, too. */
const [most, fewest, altogether] = [90, 10, 2400];

/**
 * Runs with their curves, loss against tokens seen, thinned.
 * @throws PlotInputError where there is none, or one is of no run or has a point that no log axis has a place for
 */
export const tracesOf = ({ curves, runs }: Training) => {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const known = curves.filter(({ tokens }) => tokens.length > 0);
  const bins = Math.max(fewest, Math.min(most, Math.floor(altogether / Math.max(1, known.length))));
  return some("curves", known, "training curve").map(({ id, tokens, loss }, i) => {
    const run = byId.get(id);
    if (!run) throw refused(`curves[${i}].id`, id, "the id of a run");
    if (loss.length !== tokens.length)
      throw refused(`curves[${i}].loss`, loss, `as many values as tokens, ${tokens.length}`);
    const points = tokens.map((seen, j) => ({ tokens: seen, loss: loss[j]! }));
    onLogAxes(`curves[${i}]`, points, ["tokens", "loss"]);
    return {
      run,
      points: thin(
        points.map((point) => ({ x: point.tokens, y: point.loss })),
        bins,
      ).map((point) => ({
        C: run.C,
        run: id,
        ...point,
      })),
    };
  });
};

export type RunTrace = ReturnType<typeof tracesOf>[number];
