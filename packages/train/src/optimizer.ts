import { number, positive, record, whole } from "@isoflop/spec";
import { adamw, add, div, minimum, mul, norm, sub, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { check } from "./errors.js";

/** What AdamW keeps constant over a run. */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decoupled: weights shrink by learning rate × weightDecay per step. */
  readonly weightDecay: number;
}

const share = number({ atLeast: 0, below: 1 });
const notNegative = number({ atLeast: 0 });

/** AdamW's settings and their defaults. */
export const adamWFields = {
  beta1: v.optional(share, 0.9),
  beta2: v.optional(share, 0.99),
  eps: v.optional(positive, 1e-8),
  weightDecay: v.optional(notNegative, 0.01),
} as const;

const settings = record(adamWFields);
const rated = record({ step: whole(), learningRate: notNegative, beta1: share, beta2: share });

/** Everything an optimizer step reads and replaces: flat f32 vectors of one size. */
export interface OptimizerState {
  readonly weights: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
  readonly average: Tensor;
}

/**
 * What changes from step to step, as data: [learning rate, 1 − beta1^t, 1 − beta2^t] with t = step + 1.
 * @throws TrainError `spec` for a step, rate or beta that is none
 */
export const adamWRates = (step: number, learningRate: number, { beta1, beta2 }: AdamWSettings): Float32Array => {
  check(rated, { step, learningRate, beta1, beta2 }, "");
  return Float32Array.of(learningRate, 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1));
};

/**
 * Scales a flat gradient so that its norm is at most `limit` (Pascanu et al., arXiv 1211.5063). A gradient within the
 * limit is multiplied by exactly 1.
 * @returns the gradient, and its norm before clipping
 * @throws TrainError `spec` unless the limit is a finite number above 0: a negative one would turn the gradient round
 */
export const clipByNorm = (gradient: Tensor, limit: number): { gradient: Tensor; norm: Tensor } => {
  check(positive, limit, "limit");
  const size = norm(gradient);
  return { gradient: mul(gradient, minimum(div(limit, size), 1)), norm: size };
};

/**
 * One AdamW step over all parameters, then the average of the weights moves by `blend` (a scalar tensor).
 * @throws TrainError `spec` for a setting out of its range
 */
export const updateParameters = (
  state: OptimizerState,
  gradient: Tensor,
  rates: Tensor,
  blend: Tensor,
  { beta1, beta2, eps, weightDecay }: AdamWSettings,
): OptimizerState => {
  const given = check(settings, { beta1, beta2, eps, weightDecay }, "");
  const [weights, m, v] = adamw(state.weights, gradient, state.m, state.v, rates, given);
  return { weights, m, v, average: add(state.average, mul(sub(weights, state.average), blend)) };
};
