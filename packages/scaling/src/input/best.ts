import type { Run } from "../types.js";
import { type CleanRuns, checkRuns, metricOf } from "./runs.js";
import { sift } from "./sift.js";

/** Runs of the same model on the same data: what differs between them is how they were trained. */
export const cellOf = ({ C, N, D, inputs = {} }: Run): string =>
  [C, N, D, ...Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))].join(" ");

/**
 * Of the runs with equal C, N, D and further predictors the one of lowest loss, the first of several; the others are listed with reason
 * `not-best`. A law of what a budget can reach is one of well-tuned runs: Hoffmann et al. 2203.15556 and Porian et al. 2406.19146 fit the
 * best of what they tried. The lowest of several noisy losses lies below their mean.
 * @param quantity a metric instead of the loss; runs without it stay as they are
 */
export const bestPerCell = (runs: readonly Run[], quantity?: string): CleanRuns => {
  checkRuns(runs);
  const given = (run: Run) => (quantity === undefined ? run.loss : metricOf(run, quantity));
  const best = new Map<string, number>();
  runs.forEach((run, i) => {
    const value = given(run);
    if (value === undefined) return;
    const key = cellOf(run);
    const before = best.get(key);
    if (before === undefined || value < given(runs[before]!)!) best.set(key, i);
  });
  const { kept, dropped } = sift(runs, "throw", (run, i, drop) => {
    const at = given(run) === undefined ? i : best.get(cellOf(run))!;
    if (at === i) return run;
    const other = runs[at]!;
    const name = quantity ?? "loss";
    return drop(
      run.row ?? i + 1,
      "not-best",
      `${name} ${given(run)}; row ${other.row ?? at + 1} of the same N and D has ${given(other)}`,
    );
  });
  return { runs: kept, dropped };
};
