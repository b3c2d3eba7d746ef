import type { LawData } from "../laws/form.js";
import { type PowerLaw, powerLaw } from "../laws/power.js";
import { type SaturatingLaw, saturatingLaw } from "../laws/saturating.js";
import { type Flops, type Outcome, type Run, refuse } from "../types.js";
import type { IsoFlopBootstrap } from "./bootstrapped.js";
import { groupByBudget } from "./group.js";
import { type BudgetProfile, isoFlopProfile, type OptimumMethod, type ProfileOptions } from "./profile.js";

export interface IsoFlopOptions extends ProfileOptions {
  /** Relative width within which runs share a budget. Default 0.1. */
  readonly tolerance?: number | undefined;
  /** Nominal budgets, for data whose compute scatters about them. Default: groups are found in the data. */
  readonly budgets?: readonly Flops[] | undefined;
}

/** A budget that does not enter the laws, and why. */
export interface DroppedBudget {
  readonly C: Flops;
  readonly points: number;
  readonly reason: "edge-minimum" | "not-convex" | "too-few-sizes";
  readonly message: string;
}

/** The laws through the optima of the budgets, by what they are of. */
export type IsoFlopLaw = "N" | "D" | "loss";

/** Approach 2: a profile per budget and the laws through their optima. A record: it survives JSON whole. */
export interface IsoFlop {
  readonly record: "isoflop";
  readonly budgets: readonly BudgetProfile[];
  /** N_opt(C), D_opt(C) and L_opt(C). Each is a law or a typed refusal. */
  readonly N: Outcome<PowerLaw>;
  readonly D: Outcome<PowerLaw>;
  readonly loss: Outcome<PowerLaw>;
  /** L = E + A·C^−α through the same optima. */
  readonly lossWithFloor: Outcome<SaturatingLaw>;
  readonly dropped: readonly DroppedBudget[];
  /** Runs too far from every nominal budget to belong to one. */
  readonly unassigned: readonly Run[];
  /** Noise of one run about its parabola, pooled over the budgets, with its degrees of freedom. */
  readonly noise: { readonly standardDeviation: number; readonly degreesOfFreedom: number };
  readonly choices: IsoFlopChoices;
  /** Where it was asked for: the outcome of {@link bootstrapIsoFlop}. */
  readonly bootstrap?: Outcome<IsoFlopBootstrap>;
}

/** Every choice that can move an exponent, as the options have them. */
export interface IsoFlopChoices {
  readonly tolerance: number;
  readonly optimum: OptimumMethod;
  readonly scale: "raw" | "log";
  readonly axis: "N" | "D";
  readonly quantity: string;
  readonly huberDelta?: number;
  readonly budgets?: readonly Flops[];
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
