import { fitBudgets, optima } from "../isoflop/budgets.js";
import { groupByBudget } from "../isoflop/group.js";
import { isInterior } from "../isoflop/record.js";
import { fitLaw, formOfLaw } from "../laws/fit.js";
import { power } from "../laws/power.js";
import { surface } from "../surface/fit.js";
import type { SurfaceOptions } from "../surface/search.js";
import { surfaceLoss } from "../surface/surface.js";
import type { Flops, Loss, Parameters, Run } from "../types.js";

/** What each kind of law, fitted below, says of a budget it has not seen. */
export interface HeldOutBudget {
  readonly C: Flops;
  /** Budgets left out of the fit: this one and all larger. */
  readonly dropped: number;
  readonly measured: { readonly N: Parameters; readonly loss: Loss } | undefined;
  readonly N: Parameters | undefined;
  /** Optimal loss by each form of law, where it could be fitted to the budgets that are left. */
  readonly laws: Readonly<Record<string, Loss>>;
  /** Error of the surface on the held-out runs themselves. */
  readonly surface: { readonly rmse: number; readonly bias: number } | undefined;
}

export interface HeldOutOptions {
  /** How many of the largest budgets to leave out; the prediction is always for the largest. Default 1, 2, 3. */
  readonly drops?: readonly number[] | undefined;
  readonly surface?: SurfaceOptions | undefined;
  readonly tolerance?: number | undefined;
  /** Forms of law that are compared. Default `power` and `saturating`. */
  readonly laws?: readonly string[] | undefined;
}

/**
 * Leaves out the largest budgets, fits the rest, and compares: what extrapolation costs, by kind of law. The answer that in-sample
 * criteria cannot give.
 */
export const heldOutCompute = (runs: readonly Run[], options: HeldOutOptions = {}): HeldOutBudget[] => {
  const { tolerance = 0.1, drops = [1, 2, 3], laws = ["power", "saturating"] } = options;
  const budgets = groupByBudget(runs, tolerance);
  const largest = budgets[budgets.length - 1];
  if (!largest) return [];
  const whole = fitBudgets(largest.runs, { tolerance }).budgets[0]!;
  const measured = isInterior(whole) ? { N: whole.optimum.N.value, loss: whole.optimum.loss.value } : undefined;
  return drops
    .filter((dropped) => dropped > 0 && dropped < budgets.length)
    .map((dropped): HeldOutBudget => {
      const kept = budgets.slice(0, budgets.length - dropped).flatMap((b) => b.runs);
      const iso = fitBudgets(kept, { tolerance });
      const { x, y } = optima(iso, "loss");
      const byForm = laws.flatMap((form) => {
        const fit = iso.loss.ok ? fitLaw(form, x, y) : iso.loss;
        return fit.ok ? [[form, formOfLaw(fit.law).value(fit.law, largest.C)] as const] : [];
      });
      const fit = surface(kept, options.surface);
      return {
        C: largest.C,
        dropped,
        measured,
        N: iso.N.ok ? power.value(iso.N, largest.C) : undefined,
        laws: Object.fromEntries(byForm),
        surface: fit.ok ? errors(largest.runs.map((run) => surfaceLoss(fit, run) - run.loss)) : undefined,
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
