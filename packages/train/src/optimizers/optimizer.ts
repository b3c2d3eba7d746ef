import type { OptimizerFamily } from "@isoflop/dit";
import { number } from "@isoflop/spec";
import { mul, reshape, slice, type Tensor } from "@isoflop/tensor";
import type { Factors } from "../groups.js";

/** Vectors of an optimizer by name, f32 [parameters]. */
export type Moments = Readonly<Record<string, Tensor>>;

/** What one update reads: flat f32 vectors of one size, and data of the step. */
export interface UpdateInputs {
  readonly weights: Tensor;
  /** Clipped. */
  readonly gradient: Tensor;
  readonly moments: Moments;
  /** f32 vector that {@link Optimizer.rates} gives. */
  readonly rates: Tensor;
  readonly factors: Factors;
}

/** A rule by which a gradient changes the weights. */
export interface Optimizer {
  /** Vectors that it keeps beside the weights, 0 before the first step, by their names in a checkpoint. */
  readonly moments: readonly string[];
  /** What it is and how it is set, as a recipe says it: "AdamW (0.9, 0.99), weight decay 0.01". */
  readonly words: string;
  /**
   * How its steps follow the size of a gradient, which decides how muP multiplies its rates (`parameterRates` of `@isoflop/dit`): "adam"
   * (default) divides gradients entry by entry by their own size, "sgd" goes by the size they have.
   */
  readonly family?: OptimizerFamily;
  /** What changes from step to step, as data: the learning rate first. @param step counted from 0 */
  rates(step: number, learningRate: number): Float32Array;
  /** The next weights and moments, as graph. */
  update(inputs: UpdateInputs): { readonly weights: Tensor; readonly moments: Moments };
}

/** A share of what was, per step. */
export const share = number({ atLeast: 0, below: 1 });

export const notNegative = number({ atLeast: 0 });

/** One of the rates, f32 []. */
export const rateOf = (rates: Tensor, i: number): Tensor => reshape(slice(rates, [i]), []);

/** A product with factors; none where they are 1. */
export const scaled = (x: Tensor, factor: number | Tensor): Tensor => (factor === 1 ? x : mul(x, factor));

/** Weight decay per parameter: a number where it is the same for all. */
export const decayOf = (weightDecay: number, { weightDecay: factor }: Factors): number | Tensor =>
  typeof factor === "number" ? weightDecay * factor : mul(factor, weightDecay);
