import { shown } from "../errors.js";
import { exponentiate } from "../inference/estimate.js";
import type { Flops, Run } from "../types.js";
import { type BudgetCurves, budgetCurves, type RunWeights, weightsFor } from "./curves.js";
import { type OptimumMethodName, optimumMethods } from "./methods/index.js";
import { bare, type CurveOptions, type Found, type OptimumMethod, type Shared } from "./methods/method.js";
import type { BudgetProfile, InteriorProfile } from "./record.js";
import { warningsOf } from "./warnings.js";

export interface ProfileOptions {
  /** How a minimum is found. Default `parabola`. */
  readonly optimum?: OptimumMethodName | undefined;
  /** Fit the loss or its logarithm. */
  readonly scale?: "raw" | "log" | undefined;
  /** Axis whose fit gives the optimal loss and decides whether the minimum is interior. Both axes are always fitted. */
  readonly axis?: "N" | "D" | undefined;
  /** The quantity minimised: `loss`, or the name of a metric. */
  readonly quantity?: string | undefined;
  readonly huberDelta?: number | undefined;
  /** Default: `sigma` where every run states its own and they differ by more than a factor of 1.5, else `alike`. */
  readonly weights?: RunWeights | undefined;
}

/** The options with their defaults. */
export interface ProfileChoices {
  readonly method: OptimumMethod;
  readonly scale: "raw" | "log";
  readonly axis: "N" | "D";
  readonly quantity: string;
  readonly huberDelta?: number | undefined;
  readonly weights: RunWeights;
}

/** @throws RegistryError naming the methods there are */
export const profileChoices = (runs: readonly Run[], options: ProfileOptions): ProfileChoices => {
  const { optimum = "parabola", scale = "raw", axis = "N", quantity = "loss", huberDelta } = options;
  const weights = weightsFor(runs, options.weights, quantity);
  return { method: optimumMethods.get(optimum), scale, axis, quantity, huberDelta, weights };
};

export const curveOptions = ({ scale, huberDelta }: ProfileChoices, axis: "N" | "D"): CurveOptions => ({
  scale,
  axis,
  huberDelta,
});

/**
 * Locates the minimum of loss against ln N and ln D among runs of one budget (Hoffmann et al. 2022, Approach 2).
 * A vertex outside the sampled sizes, a curve that bends the wrong way, or fewer than four sizes is refused with its reason.
 */
export const isoFlopProfile = (C: Flops, runs: readonly Run[], options: ProfileOptions = {}): BudgetProfile => {
  const choices = profileChoices(runs, options);
  const curves = budgetCurves(runs, choices);
  const shared = (axis: "N" | "D") =>
    enoughSizes(curves, choices) ? choices.method.share?.([curves[axis]], curveOptions(choices, axis)) : undefined;
  return profileOf(C, curves, choices, { N: shared("N"), D: shared("D") }).profile;
};

const sizesOf = (curves: BudgetCurves, axis: "N" | "D") => new Set(curves[axis].x).size;

export const enoughSizes = (curves: BudgetCurves, { method, axis }: ProfileChoices): boolean =>
  sizesOf(curves, axis) >= method.minimumSizes;

export interface SharedByAxis {
  readonly N: Shared | undefined;
  readonly D: Shared | undefined;
}

/** A profile, and what its method found on each axis where it was asked. */
export interface FoundProfile {
  readonly profile: BudgetProfile;
  readonly found?: { readonly N: Found; readonly D: Found };
}

export const profileOf = (
  C: Flops,
  curves: BudgetCurves,
  choices: ProfileChoices,
  shared: SharedByAxis,
): FoundProfile => {
  const { method, scale, axis } = choices;
  const sizes = sizesOf(curves, axis);
  const base = { C, runs: curves.runs, points: curves.runs.length, sizes };
  const at = `at C = ${shown(C)}`;
  if (sizes < method.minimumSizes) {
    const message = `${sizes} distinct size${sizes === 1 ? "" : "s"} ${at}; at least ${method.minimumSizes} are needed`;
    return { profile: { ...base, warnings: [], status: "too-few-sizes", message } };
  }
  const N = method.find(curves.N, curveOptions(choices, "N"), shared.N);
  const D = method.find(curves.D, curveOptions(choices, "D"), shared.D);
  const found = { N, D };
  const [main, other] = axis === "N" ? [N, D] : [D, N];
  const seen = {
    ...(N.parabola && D.parabola && { parabola: { N: N.parabola, D: D.parabola } }),
    ...(method.share && N.fitted && D.fitted && { fitted: { N: N.fitted, D: D.fitted } }),
    warnings: main.parabola ? warningsOf(main.parabola, curves[axis].x, curves[axis].weights) : [],
  };
  const few = [main, other].find(({ problem }) => problem?.status === "too-few-sizes")?.problem;
  const problem = few ?? main.problem;
  if (problem || !main.x || !main.y) {
    const { status, message } = problem ?? { status: "not-convex", message: "there is no minimum" };
    return { profile: { ...base, ...seen, status, message: `${at} ${message}` }, found };
  }
  const ofAxis = ({ x = bare(Number.NaN) }: Found) =>
    Number.isNaN(x.standardError) ? bare(Math.exp(x.value)) : exponentiate(x);
  const loss =
    scale === "log"
      ? Number.isNaN(main.y.standardError)
        ? bare(Math.exp(main.y.value))
        : exponentiate(main.y)
      : main.y;
  const profile: InteriorProfile = {
    ...base,
    ...seen,
    status: "interior",
    optimum: { N: ofAxis(N), D: ofAxis(D), loss },
    dInterior: !N.problem && !D.problem,
  };
  return { profile, found };
};
