/// <reference lib="esnext.disposable" preserve="true" />
import type { random, Tensor } from "@isoflop/tensor";
import { sum } from "@isoflop/tensor";
import type { Batching, InputsFor } from "../batches.js";
import type { Nats } from "../likelihood/bits.js";

/** Where a bound is. */
export interface BoundProgress {
  /** Evaluations of the network done for this part, of how many. */
  readonly evaluation: number;
  readonly evaluations: number;
  /** Samples done before this part, and of all. */
  readonly samples: number;
  readonly of: number;
}

export interface BoundRun extends Batching {
  /** Data, f32 [n, ...]. */
  readonly x: Tensor;
  /** Of all that is drawn. The same key gives a sample the same draws in any batch. */
  readonly key: random.Key;
  /** Independent draws of all noise and times; the nats are their mean, and two or more have a standard error. Default 1. */
  readonly draws?: number;
  /** Awaited after each evaluation. */
  readonly onStep?: (progress: BoundProgress) => void | Promise<void>;
}

/** An upper bound of -log p(x), and what it is the sum of: nats, float64 [n]. */
export interface Bound extends Nats {
  readonly nats: Float64Array;
  /** Of the mean over the draws, for each sample; absent for one draw. */
  readonly standardError?: Float64Array;
  readonly parts: {
    /** KL of what is left of x at the noisiest time from the prior, the path's noise there: exact. */
    readonly prior: Float64Array;
    /** What every step, or the integral over time, costs. */
    readonly diffusion: Float64Array;
    /** -log p(x | the least noisy state). */
    readonly reconstruction: Float64Array;
  };
  /** How often the network was asked for a batch. */
  readonly evaluations: number;
}

export interface BoundOf<I, B extends Bound = Bound> extends Disposable {
  /**
   * @param inputs parameters and conditions, or a function that gives those of some samples (its tensors are the caller's)
   * @throws DiffusionError("option") for no key or numbers that are none, ("shape") for x or a network's output that does not fit, ("values") for x
   * off its levels, or a sample whose bound is not finite
   */
  run(inputs: InputsFor<I>, run: BoundRun): Promise<B>;
  /** Frees the compiled programs. */
  dispose(): void;
}

export const boundRunOptions = ["x", "key", "draws", "batch", "signal", "onStep"] as const;

/** The sum of each sample, [n]. */
export const perSample = (x: Tensor): Tensor =>
  x.rank === 1
    ? x
    : (sum(
        x,
        x.shape.slice(1).map((_, axis) => axis + 1),
      ) as Tensor);

/** KL(N(alpha x, sigma²) ‖ N(0, sigma²)) of a sample whose numbers squared sum to this. */
export const priorKl = (squares: number, alpha: number, sigma: number): number => (squares * (alpha / sigma) ** 2) / 2;

/** The mean over draws, for each sample. */
export const meanOf = (draws: readonly Float64Array[]): Float64Array =>
  draws[0]!.map((_, i) => draws.reduce((total, draw) => total + draw[i]!, 0) / draws.length);

/** The standard error of that mean; undefined of one draw. */
export const errorOf = (draws: readonly Float64Array[]): Float64Array | undefined => {
  const { length } = draws;
  if (length < 2) return undefined;
  return meanOf(draws).map((mean, i) => {
    const squares = draws.reduce((total, draw) => total + (draw[i]! - mean) ** 2, 0);
    return Math.sqrt(squares / (length - 1) / length);
  });
};
