import type { Tensor } from "@isoflop/tensor";
import { must } from "./errors.js";
import type { Coefficients, Path } from "./path.js";
import type { Prediction } from "./prediction.js";

/** A time, and the path there, in float64. */
export interface Instant extends Coefficients<number> {
  readonly alpha: number;
  readonly sigma: number;
  readonly alphaDot: number;
  readonly sigmaDot: number;
  readonly t: number;
  /** log(alpha / sigma), half the log signal-to-noise ratio, which rises towards data: DPM-Solver's λ. Infinite where either is 0. */
  readonly lambda: number;
}

export const instantAt = (path: Path, t: number): Instant => {
  const { alpha, sigma, alphaDot, sigmaDot, ...rest } = path.at(t) as Coefficients<number> & Instant;
  return { ...rest, alpha, sigma, alphaDot, sigmaDot, t, lambda: Math.log(alpha) - Math.log(sigma) };
};

/** Where a walk is: all that the numbers of a step are computed from, in float64. */
export interface StepPlace {
  readonly path: Path;
  readonly from: Instant;
  readonly to: Instant;
  /** Where the steps before this one began, the latest first: none at the start of a walk. */
  readonly before: readonly Instant[];
  /** Steps of the walk after this one; Infinity where a solver chooses its own. */
  readonly left: number;
  /** Whether the network says where the variance of a step lies, as `askRange` asks. */
  readonly learnsVariance: boolean;
  /** The path at another time. */
  at(t: number): Instant;
}

/** What a step of a solver is given. */
export interface StepState<N extends string> {
  /** The state, [n, ...]. */
  readonly x: Tensor;
  /** What the network says of x [n, ...] at the i-th of the step's times, in what the step `reads`. */
  ask(x: Tensor, i: number): Tensor;
  /** What the network says beside it of the variance there, of x's shape; see `learnedRange`. */
  askRange(x: Tensor, i: number): Tensor;
  /** The step's numbers, as scalars of the program. */
  readonly numbers: Readonly<Record<N, Tensor>>;
  /** Standard normal draws of x's shape, as many as the step `draws`. */
  readonly noise: readonly Tensor[];
  /** What the step before left, as many as this one `recalls`. */
  readonly memory: readonly Tensor[];
}

/** What a step comes to. */
export interface Advanced {
  readonly x: Tensor;
  /** What the next step may recall, the latest first; all of x's shape. */
  readonly memory?: readonly Tensor[];
  /** By how much x may be off, of x's shape: what a solver that chooses its own steps goes by. */
  readonly error?: Tensor;
}

/**
 * One step of a solver: pure, compiled once, whatever its times. Its numbers are computed on the host in float64, as near noise 1 - t has few
 * digits left in f32, and are data of the program. Steps that are one object share a program.
 */
export interface Step<N extends string = string> {
  /** The prediction that the step is written in; what the network predicts is converted to it. */
  readonly reads: Prediction;
  /** The times at which it asks the network. */
  times(place: StepPlace): readonly number[];
  numbers(place: StepPlace): Readonly<Record<N, number>>;
  /** How many standard normal draws it takes. Default 0. */
  readonly draws?: number;
  /** How many tensors it needs of what the step before left. Default 0. */
  readonly recalls?: number;
  advance(state: StepState<N>): Advanced;
}

/** How a solver that chooses its own steps does so. */
export interface Control {
  /** Of the error: a step of half the length has 2^-order of it. */
  readonly order: number;
  /** An error of 1 is `absolute + relative · |x|`. */
  readonly relative: number;
  readonly absolute: number;
  /** Steps tried, rejected ones too, before a walk gives up. */
  readonly most: number;
}

export interface Solver {
  readonly name: string;
  /** The step to take at a place. */
  step(place: StepPlace): Step;
  /** Where it chooses its own steps, by the error that they tell. */
  readonly control?: Control;
}

/** A step with the types of its numbers. */
export const defineStep = <const N extends string>(step: Step<N>): Step => step as Step<string> as Step;

/** The length of a step: below 0 on the way to data. */
export const lengthOf = ({ from, to }: StepPlace): number => to.t - from.t;

/** Whether a step leads to the end of the walk. */
export const isLast = ({ left }: StepPlace): boolean => left === 0;

/** @throws DiffusionError("option") for what is no solver, such as the function that makes one */
export const checkSolver = (solver: Solver, told: string): void => {
  const isSolver = typeof solver === "object" && solver !== null && typeof solver.step === "function";
  must(isSolver, "option", `sampler: solver is ${told}; it takes one such as euler().`);
};
