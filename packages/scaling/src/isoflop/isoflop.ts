import type { LawData } from "../laws/form.js";
import { type PowerLaw, powerLaw } from "../laws/power.js";
import { saturatingLaw } from "../laws/saturating.js";
import { type Flops, type Outcome, type Run, refuse } from "../types.js";
import { groupByBudget } from "./group.js";
import { isoFlopProfile, type ProfileOptions } from "./profile.js";
import { type DroppedBudget, type InteriorProfile, type IsoFlop, isInterior } from "./record.js";

export interface IsoFlopOptions extends ProfileOptions {
  /** Relative width within which runs share a budget. Default 0.1. */
  readonly tolerance?: number | undefined;
  /** Nominal budgets, for data whose compute scatters about them. Default: groups are found in the data. */
  readonly budgets?: readonly Flops[] | undefined;
}

/** The laws through the optima of the budgets, by what they are of. */
export type IsoFlopLaw = "N" | "D" | "loss";

/** Fewer optima than this say nothing about a power law's error. */
export const MINIMUM_BUDGETS = 3;

/**
 * IsoFLOP analysis of runs. Budgets without an interior, convex minimum are listed in `dropped` and enter no law.
 * Standard errors come from the scatter of the optima about each law (n − 2 degrees of freedom); `bootstrapIsoFlop` has the alternatives.
 */
export const isoFlop = (runs: readonly Run[], options: IsoFlopOptions = {}): IsoFlop => {
  const fit = fitBudgets(runs, options);
  const { x, y } = optima(fit, "loss");
  return { record: "isoflop", ...fit, lossWithFloor: saturatingLaw(x, y) };
};

/** What is fitted again for every resample. */
export type FittedBudgets = Omit<IsoFlop, "record" | "lossWithFloor" | "bootstrap">;

/** The optima and their power laws. */
export const fitBudgets = (runs: readonly Run[], options: IsoFlopOptions): FittedBudgets => {
  const { tolerance = 0.1, optimum = "parabola", scale = "raw", axis = "N", quantity = "loss", huberDelta } = options;
  const groups = groupByBudget(runs, tolerance, options.budgets);
  const assigned = new Set(groups.flatMap((group) => group.runs));
  const budgets = groups.map((budget) => isoFlopProfile(budget.C, budget.runs, options));
  const interior = budgets.filter(isInterior);
  const dropped = budgets.flatMap((b): DroppedBudget[] =>
    isInterior(b) ? [] : [{ C: b.C, points: b.points, reason: b.status, message: b.message }],
  );
  const choices = {
    tolerance,
    optimum,
    scale,
    axis,
    quantity,
    ...(huberDelta !== undefined && { huberDelta }),
    ...(options.budgets && { budgets: options.budgets }),
  };
  const law = (of: IsoFlopLaw) => lawThrough(optima({ budgets, choices }, of), budgets.length);
  return {
    budgets,
    N: law("N"),
    D: law("D"),
    loss: law("loss"),
    dropped,
    unassigned: options.budgets ? runs.filter((run) => !assigned.has(run)) : [],
    noise: pooledNoise(interior, axis),
    choices,
  };
};

/** The points that a law goes through: of N and D, where the minimum lies within the sampled range of either. */
export const optima = ({ budgets, choices }: Pick<IsoFlop, "budgets" | "choices">, of: IsoFlopLaw): LawData => {
  const interior = budgets.filter(isInterior);
  const used = of === "loss" || of === choices.axis ? interior : interior.filter((budget) => budget.dInterior);
  return { x: used.map(({ C }) => C), y: used.map(({ optimum }) => optimum[of].value) };
};

const lawThrough = ({ x, y }: LawData, total: number): Outcome<PowerLaw> =>
  x.length >= MINIMUM_BUDGETS
    ? powerLaw(x, y)
    : refuse(
        "too-few-budgets",
        `${x.length} of ${total} budgets have an interior minimum; a law needs at least ${MINIMUM_BUDGETS}`,
      );

const pooledNoise = (profiles: readonly InteriorProfile[], axis: "N" | "D"): IsoFlop["noise"] => {
  let rss = 0;
  let degreesOfFreedom = 0;
  for (const { parabola } of profiles) {
    const fit = parabola?.[axis];
    if (!fit || fit.degreesOfFreedom <= 0) continue;
    rss += fit.residualVariance * fit.degreesOfFreedom;
    degreesOfFreedom += fit.degreesOfFreedom;
  }
  return { standardDeviation: degreesOfFreedom > 0 ? Math.sqrt(rss / degreesOfFreedom) : Number.NaN, degreesOfFreedom };
};
