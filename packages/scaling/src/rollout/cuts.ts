import type { Run } from "../types.js";
import type { RollOutAxis } from "./record.js";

/** A division of the rows: those that are fitted and those that are held out, by number. */
export interface Cut {
  readonly along: RollOutAxis;
  /** Runs above this value of it are held out. */
  readonly above: number;
  readonly kept: readonly number[];
  readonly heldOut: readonly number[];
}

/** Shares of the rows, at most, that are held out. */
const SHARES = [0.15, 0.3, 0.5];
/** Values within this factor are one level: budgets whose compute was rounded to steps. */
const LEVEL = 1.05;

/** Roll-outs of a set of runs: along each axis the rows of its largest values, in whole levels, from few to about half. */
export const cutsOf = (runs: readonly Run[], axes: readonly RollOutAxis[]): Cut[] =>
  axes.flatMap((along) => {
    const order = runs.map((_, i) => i).sort((a, b) => runs[a]![along] - runs[b]![along]);
    const at = (k: number) => runs[order[k]!]![along];
    // Where a new level begins: only there may be cut.
    const places = order.flatMap((_, k) => (k > 0 && at(k) > LEVEL * at(k - 1) ? [k] : []));
    const chosen = SHARES.flatMap((share) => places.find((k) => runs.length - k <= share * runs.length) ?? []);
    return [...new Set(chosen)].map((k) => ({
      along,
      above: at(k - 1),
      kept: order.slice(0, k),
      heldOut: order.slice(k),
    }));
  });
