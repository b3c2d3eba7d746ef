import { ScalingError } from "../errors.js";
import type { Run } from "../types.js";
import type { TrainingCurve } from "./envelope.js";

/** How checkpoints belong to curves: by their label, or by their size. */
export type CurveKey = "label" | "size";

/** The curves of a table of checkpoints, and the rows that are none: of a curve with one checkpoint. */
export interface GroupedCurves {
  readonly curves: readonly TrainingCurve[];
  readonly single: readonly Run[];
}

/**
 * Sorts checkpoints into training curves: by label where every one has one, else by size.
 * @throws ScalingError `bad-value` naming the row of a label with two sizes, or of a curve with two losses after as many tokens
 */
export const trainingCurves = (runs: readonly Run[], by?: CurveKey): GroupedCurves => {
  const key = by ?? (runs.every(({ label }) => label !== undefined) ? "label" : "size");
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const name = key === "label" ? (run.label ?? "") : String(run.N);
    const group = groups.get(name);
    if (group) group.push(run);
    else groups.set(name, [run]);
  }
  const single: Run[] = [];
  const curves: TrainingCurve[] = [];
  for (const [name, group] of groups) {
    const sorted = [...group].sort((a, b) => a.D - b.D);
    const [first] = sorted;
    for (const [i, run] of sorted.entries()) {
      const at = { ...(run.row !== undefined && { row: run.row }) };
      if (run.N !== first!.N)
        throw new ScalingError(
          "bad-value",
          `label "${name}" has sizes ${first!.N} and ${run.N}; a curve is of one model`,
          at,
        );
      if (i > 0 && run.D === sorted[i - 1]!.D) {
        const message = `curve "${name}" has two losses after ${run.D} tokens; a label of each run tells them apart`;
        throw new ScalingError("bad-value", message, at);
      }
    }
    if (sorted.length < 2) single.push(...sorted);
    else {
      const points = sorted.map(({ D, loss, C }) => ({ D, loss, C }));
      curves.push({ N: first!.N, points, ...(key === "label" && { label: name }) });
    }
  }
  return { curves, single };
};
