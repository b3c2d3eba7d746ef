import { groupByBudget } from "../isoflop/group.js";
import { fitBudgets, isInterior, isoFlop } from "../isoflop/isoflop.js";
import { formOfLaw } from "../laws/fit.js";
import type { Law } from "../laws/form.js";
import { surface } from "../surface/fit.js";
import type { SurfaceOptions } from "../surface/search.js";
import { surfaceLoss } from "../surface/surface.js";
import type { Flops, Loss, Outcome, Parameters, Run } from "../types.js";

/** What each kind of law, fitted below, says of a budget it has not seen. */
export interface HeldOutBudget {
  readonly C: Flops;
  /** Budgets left out of the fit: this one and all larger. */
  readonly dropped: number;
  readonly measured: { readonly N: Parameters; readonly loss: Loss } | undefined;
  readonly N: Parameters | undefined;
  /** Optimal loss by the pure and by the saturating power law. */
  readonly powerLaw: Loss | undefined;
  readonly saturating: Loss | undefined;
  /** Error of the surface on the held-out runs themselves. */
  readonly surface: { readonly rmse: number; readonly bias: number } | undefined;
}

const answer = <T, R>(outcome: Outcome<T>, read: (value: T) => R): R | undefined =>
  outcome.ok ? read(outcome) : undefined;

/**
 * Leaves out the largest budgets, fits the rest, and compares: what extrapolation costs, by kind of law. The answer that in-sample
 * criteria cannot give.
 * @param drops how many of the largest budgets to leave out; the prediction is always for the largest. Default 1, 2, 3.
 */
export const heldOutCompute = (
  runs: readonly Run[],
  options: { readonly drops?: readonly number[]; readonly surface?: SurfaceOptions; readonly tolerance?: number } = {},
): HeldOutBudget[] => {
  const budgets = groupByBudget(runs, options.tolerance ?? 0.1);
  const largest = budgets[budgets.length - 1];
  if (!largest) return [];
  const whole = fitBudgets(largest.runs, options).budgets[0]!;
  const measured = isInterior(whole) ? { N: whole.optimum.N.value, loss: whole.optimum.loss.value } : undefined;
  return (options.drops ?? [1, 2, 3])
    .filter((dropped) => dropped > 0 && dropped < budgets.length)
    .map((dropped): HeldOutBudget => {
      const kept = budgets.slice(0, budgets.length - dropped).flatMap((b) => b.runs);
      const iso = isoFlop(kept, options);
      const at = (law: Law) => formOfLaw(law).value(law, largest.C);
      const fit = surface(kept, options.surface);
      return {
        C: largest.C,
        dropped,
        measured,
        N: answer(iso.N, at),
        powerLaw: answer(iso.loss, at),
        saturating: answer(iso.lossWithFloor, at),
        surface: answer(fit, (s) => errors(largest.runs.map((run) => surfaceLoss(s, run) - run.loss))),
      };
    });
};

const errors = (differences: readonly number[]): { rmse: number; bias: number } => {
  const n = differences.length;
  return {
    rmse: Math.sqrt(differences.reduce((s, d) => s + d * d, 0) / n),
    bias: differences.reduce((s, d) => s + d, 0) / n,
  };
};
