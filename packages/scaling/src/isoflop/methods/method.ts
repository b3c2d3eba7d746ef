import type { Named } from "@isoflop/spec";
import type { Estimate } from "../../types.js";
import type { Response } from "../parabola.js";
import type { Parabola } from "../vertex.js";

/** Runs of one budget on one axis, x the natural log of N or D, y the quantity or its logarithm. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Known standard errors of y. */
  readonly sigma?: readonly number[] | undefined;
  /** Weights of the runs, with mean one; absent where all weigh alike. */
  readonly weights?: readonly number[] | undefined;
}

export interface CurveOptions {
  /** Whether y is the quantity or its natural logarithm. */
  readonly scale: "raw" | "log";
  /** What the axis is called in messages. */
  readonly axis: "N" | "D";
  readonly huberDelta?: number | undefined;
}

/** Why a curve has no minimum that can be used. */
export interface Problem {
  readonly status: "edge-minimum" | "not-convex" | "too-few-sizes";
  /** After "at C = 1e18 ". */
  readonly message: string;
}

/** What a method makes of one curve. */
export interface Found {
  /** Where the minimum is and its value; NaN errors where the method knows none. Of a curve with a problem, where the vertex is, if anywhere. */
  readonly x?: Estimate;
  readonly y?: Estimate;
  readonly problem?: Problem | undefined;
  /** The parabola through the curve: curvature, noise and warnings are from it. */
  readonly parabola?: Parabola | undefined;
  /** Numbers from which {@link OptimumMethod.value} draws the curve; not needed where the parabola is the curve. */
  readonly fitted?: readonly number[] | undefined;
  /** What each run does to the minimum, at what is shared. */
  readonly response?: (() => Response) | undefined;
  /** Derivatives of x* and y* in each number that is shared. */
  readonly ofShared?: Response | undefined;
}

/** What the budgets of a study share in a method that fits them together. */
export interface Shared {
  readonly values: readonly number[];
  /** Of the values, in units of the noise variance of a run of weight one. */
  readonly unscaledCovariance: readonly (readonly number[])[];
  /** ∂ value / ∂y for each value, each curve and each of its runs. */
  readonly response: readonly (readonly (readonly number[])[])[];
  /** Noise variance of a run of weight one about the curves, with its degrees of freedom. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** How the minimum of a budget is found. One file in `methods/` and a line in its `index.ts`, or `optimumMethods.add`. */
export interface OptimumMethod extends Named {
  /** What is fitted to a budget, in words: "parabola". */
  readonly noun: string;
  /** The same of all budgets, for captions: "the fitted parabolas". */
  readonly words: string;
  /** Distinct sizes that it needs. */
  readonly minimumSizes: number;
  /** Fits what the budgets share, before any of them; undefined where they do not show it. */
  readonly share?: (curves: readonly Curve[], options: CurveOptions) => Shared | undefined;
  find(curve: Curve, options: CurveOptions, shared?: Shared): Found;
  /** The curve at x from `fitted`; absent where the curve is the parabola. */
  readonly value?: (fitted: readonly number[], x: number) => number;
}

/** A minimum without errors. */
export const bare = (value: number): Estimate => ({
  value,
  standardError: Number.NaN,
  ci95: [Number.NaN, Number.NaN],
});

/** A parabola through three sizes has no residual, hence no error bar: four is the least that can be judged. */
export const MINIMUM_SIZES = 4;
