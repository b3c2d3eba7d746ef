import { type PowerLaw, powerLaw } from "../laws/power.js";
import { type Flops, type Outcome, type Refusal, type Run, refuse } from "../types.js";
import { groupByBudget } from "./group.js";
import { type BudgetProfile, isoFlopProfile, type ProfileOptions } from "./profile.js";

export interface IsoFlopOptions extends ProfileOptions {
  /** Relative width within which runs share a budget. Default 0.1. */
  readonly tolerance?: number;
  /** Nominal budgets, for data whose compute scatters about them. Default: groups are found in the data. */
  readonly budgets?: readonly Flops[];
}

/** A budget that does not enter the laws, and why. */
export interface DroppedBudget {
  readonly C: Flops;
  readonly points: number;
  readonly reason: "edge-minimum" | "not-convex" | "too-few-sizes";
  readonly message: string;
}

/** Approach 2: a profile per budget and power laws through their optima. */
export interface IsoFlop {
  readonly budgets: readonly BudgetProfile[];
  /** N_opt(C), D_opt(C) and L_opt(C). Each is a law or a typed refusal. */
  readonly N: Outcome<PowerLaw>;
  readonly D: Outcome<PowerLaw>;
  readonly loss: Outcome<PowerLaw>;
  readonly dropped: readonly DroppedBudget[];
  /** Runs too far from every nominal budget to belong to one. */
  readonly unassigned: readonly Run[];
  /** Noise of one run about its parabola, pooled over the budgets, with its degrees of freedom. */
  readonly noise: { readonly standardDeviation: number; readonly degreesOfFreedom: number };
  /** Every choice that can move an exponent. */
  readonly choices: Required<Omit<IsoFlopOptions, "huberDelta" | "budgets">> & {
    readonly huberDelta: number | undefined;
    readonly budgets: readonly Flops[] | undefined;
  };
}

export type InteriorProfile = Extract<BudgetProfile, { readonly status: "interior" }>;
export const isInterior = (profile: BudgetProfile): profile is InteriorProfile => profile.status === "interior";

/** Fewer optima than this say nothing about a power law's error. */
export const MINIMUM_BUDGETS = 3;

/**
 * IsoFLOP analysis of runs. Budgets without an interior, convex minimum are listed in `dropped` and enter no law.
 * Standard errors come from the scatter of the optima about each law (n − 2 degrees of freedom); `bootstrapIsoFlop` has the alternatives.
 */
export const isoFlop = (runs: readonly Run[], options: IsoFlopOptions = {}): IsoFlop => {
  const { tolerance = 0.1, optimum = "parabola", scale = "raw", axis = "N", quantity = "loss", huberDelta } = options;
  const groups = groupByBudget(runs, tolerance, options.budgets);
  const assigned = new Set(groups.flatMap((group) => group.runs));
  const budgets = groups.map((budget) => isoFlopProfile(budget.C, budget.runs, options));
  const interior = budgets.filter(isInterior);
  const dropped = budgets.flatMap((b): DroppedBudget[] =>
    isInterior(b) ? [] : [{ C: b.C, points: b.points, reason: b.status, message: b.message }],
  );
  const both = interior.filter((b) => b.dInterior);
  return {
    budgets,
    N: lawThrough(axis === "N" ? interior : both, (b) => b.optimum.N.value, budgets.length),
    D: lawThrough(axis === "D" ? interior : both, (b) => b.optimum.D.value, budgets.length),
    loss: lawThrough(interior, (b) => b.optimum.loss.value, budgets.length),
    dropped,
    unassigned: options.budgets ? runs.filter((run) => !assigned.has(run)) : [],
    noise: pooledNoise(interior, axis),
    choices: { tolerance, optimum, scale, axis, quantity, huberDelta, budgets: options.budgets },
  };
};

const lawThrough = (
  profiles: readonly InteriorProfile[],
  value: (profile: InteriorProfile) => number,
  total: number,
): Outcome<PowerLaw> => {
  if (profiles.length < MINIMUM_BUDGETS) return tooFewBudgets(profiles.length, total);
  return powerLaw(
    profiles.map((b) => b.C),
    profiles.map(value),
  );
};

export const tooFewBudgets = (interior: number, total: number): Refusal =>
  refuse(
    "too-few-budgets",
    `${interior} of ${total} budgets have an interior minimum; a law needs at least ${MINIMUM_BUDGETS}`,
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
