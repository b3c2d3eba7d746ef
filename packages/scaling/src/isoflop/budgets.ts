import type { LawData } from "../laws/form.js";
import { type PowerLaw, type PowerLawErrors, powerLaw } from "../laws/power.js";
import { studentFactor95 } from "../math/distributions.js";
import { congruence, type Matrix } from "../math/linear.js";
import { type Flops, type Outcome, type Run, refuse } from "../types.js";
import { type BudgetCurves, budgetCurves } from "./curves.js";
import { groupByBudget } from "./group.js";
import type { Found } from "./methods/method.js";
import {
  curveOptions,
  enoughSizes,
  type ProfileChoices,
  type ProfileOptions,
  profileChoices,
  profileOf,
  type SharedByAxis,
} from "./profile.js";
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

/** What is fitted again for every resample. */
export type FittedBudgets = Omit<
  IsoFlop,
  "record" | "lossWithFloor" | "bootstrap" | "misfit" | "corrected" | "warnings"
>;

/** A budget with a minimum, its curves, and what its method found. */
export interface StudiedBudget {
  readonly profile: InteriorProfile;
  readonly curves: BudgetCurves;
  readonly found: { readonly N: Found; readonly D: Found };
  /** Its place among the curves that share numbers. */
  readonly index: number;
}

/** A fit with what does not go into its record. */
export interface Study {
  readonly fit: FittedBudgets;
  readonly choices: ProfileChoices;
  readonly interior: readonly StudiedBudget[];
  /** The curves of all budgets with enough sizes. */
  readonly curves: readonly BudgetCurves[];
  readonly shared: SharedByAxis;
}

/** The optima and their power laws. */
export const fitBudgets = (runs: readonly Run[], options: IsoFlopOptions): FittedBudgets => study(runs, options).fit;

export const study = (runs: readonly Run[], options: IsoFlopOptions): Study => {
  const { tolerance = 0.1 } = options;
  const groups = groupByBudget(runs, tolerance, options.budgets);
  const assigned = new Set(groups.flatMap((group) => group.runs));
  const chosen = profileChoices(runs, options);
  const { method, scale, axis, quantity, huberDelta, weights } = chosen;
  const each = groups.map(({ C, runs }) => ({ C, curves: budgetCurves(runs, chosen) }));
  const curves = each.filter((one) => enoughSizes(one.curves, chosen)).map((one) => one.curves);
  const shared = (axis: "N" | "D") =>
    curves.length > 0
      ? method.share?.(
          curves.map((one) => one[axis]),
          curveOptions(chosen, axis),
        )
      : undefined;
  const sharedByAxis = { N: shared("N"), D: shared("D") };
  const profiles = each.map((one) => ({ ...one, ...profileOf(one.C, one.curves, chosen, sharedByAxis) }));
  const interior = profiles.flatMap(({ profile, curves: own, found }): StudiedBudget[] =>
    isInterior(profile) && found ? [{ profile, curves: own, found, index: curves.indexOf(own) }] : [],
  );
  const budgets = profiles.map(({ profile }) => profile);
  const choices = {
    tolerance,
    optimum: method.name,
    scale,
    axis,
    quantity,
    ...(huberDelta !== undefined && { huberDelta }),
    ...(options.budgets && { budgets: options.budgets }),
    ...(weights !== "alike" && { weights }),
  };
  const law = (of: IsoFlopLaw) => lawThrough(of, interior, chosen, sharedByAxis, budgets.length);
  const fit: FittedBudgets = {
    budgets,
    N: law("N"),
    D: law("D"),
    loss: law("loss"),
    dropped: budgets.flatMap((b): DroppedBudget[] =>
      isInterior(b) ? [] : [{ C: b.C, points: b.points, reason: b.status, message: b.message }],
    ),
    unassigned: options.budgets ? runs.filter((run) => !assigned.has(run)) : [],
    noise: pooledNoise(interior, axis),
    choices,
  };
  return { fit, choices: chosen, interior, curves, shared: sharedByAxis };
};

/** Whether a budget's optimum enters a law: of N and D, where the minimum lies within the sampled range of either. */
export const enters = (profile: InteriorProfile, of: IsoFlopLaw, axis: "N" | "D"): boolean =>
  of === "loss" || of === axis || profile.dInterior;

/** The points that a law goes through. */
export const optima = ({ budgets, choices }: Pick<IsoFlop, "budgets" | "choices">, of: IsoFlopLaw): LawData => {
  const used = budgets.filter(isInterior).filter((budget) => enters(budget, of, choices.axis));
  return { x: used.map(({ C }) => C), y: used.map(({ optimum }) => optimum[of].value) };
};

const lawThrough = (
  of: IsoFlopLaw,
  interior: readonly StudiedBudget[],
  choices: ProfileChoices,
  shared: SharedByAxis,
  total: number,
): Outcome<PowerLaw> => {
  const used = interior.filter(({ profile }) => enters(profile, of, choices.axis));
  if (used.length < MINIMUM_BUDGETS) {
    const message = `${used.length} of ${total} budgets have an interior minimum; a law needs at least ${MINIMUM_BUDGETS}`;
    return refuse("too-few-budgets", message);
  }
  const x = used.map(({ profile }) => profile.C);
  const y = used.map(({ profile }) => profile.optimum[of].value);
  return powerLaw(x, y, { ...byKnownErrors(of, used, choices), ...ofShared(of, used, choices, shared) });
};

/** Where runs weigh by their errors, optima do by what those leave of them, and the law's error is no less than they say. */
const byKnownErrors = (
  of: IsoFlopLaw,
  used: readonly StudiedBudget[],
  { weights, scale, axis }: ProfileChoices,
): PowerLawErrors => {
  if (weights !== "sigma") return {};
  const errors = used.map(({ profile: { parabola, optimum } }) => {
    const known = parabola?.[of === "loss" ? axis : of].fromKnownNoise;
    if (!known) return Number.NaN;
    return of === "loss" ? known.y / (scale === "log" ? 1 : optimum.loss.value) : known.x;
  });
  if (!errors.every((error) => error > 0 && Number.isFinite(error))) return {};
  const inverse = errors.map((error) => error ** -2);
  const mean = inverse.reduce((s, v) => s + v, 0) / inverse.length;
  return { weights: inverse.map((v) => v / mean), leastVariance: 1 / mean };
};

/**
 * Covariance of ln y that the optima have in common, from what the budgets share. It is known with the degrees of freedom of all runs, not with those
 * of a few optima: it is scaled so that Student's factor of the law gives its own 95 % interval.
 */
const ofShared = (
  of: IsoFlopLaw,
  used: readonly StudiedBudget[],
  { scale, axis }: ProfileChoices,
  shared: SharedByAxis,
): PowerLawErrors => {
  const on = of === "loss" ? axis : of;
  const { unscaledCovariance, variance, degreesOfFreedom = 0 } = shared[on] ?? {};
  const moves = used.map(({ found, profile }) => {
    const { ofShared } = found[on];
    if (of !== "loss") return ofShared?.x;
    return ofShared?.y.map((v) => v / (scale === "log" ? 1 : profile.optimum.loss.value));
  });
  if (!unscaledCovariance || variance === undefined || !moves.every((move) => move !== undefined)) return {};
  const factor = (studentFactor95(degreesOfFreedom) / studentFactor95(used.length - 2)) ** 2;
  const covariance: Matrix = unscaledCovariance.map((row) => row.map((v) => v * variance * factor));
  return { sharedCovariance: congruence(moves, covariance) };
};

const pooledNoise = (budgets: readonly StudiedBudget[], axis: "N" | "D"): IsoFlop["noise"] => {
  let rss = 0;
  let degreesOfFreedom = 0;
  for (const { profile } of budgets) {
    const fit = profile.parabola?.[axis];
    if (!fit || fit.degreesOfFreedom <= 0) continue;
    rss += fit.residualVariance * fit.degreesOfFreedom;
    degreesOfFreedom += fit.degreesOfFreedom;
  }
  const standardDeviation = degreesOfFreedom > 0 ? Math.sqrt(rss / degreesOfFreedom) : Number.NaN;
  return { standardDeviation, degreesOfFreedom, from: "parabolas" };
};
