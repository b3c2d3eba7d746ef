import { positive } from "@isoflop/spec";
import { add, div, maximum, mul, sqrt, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { type Moments, notNegative, rateOf, share } from "./optimizer.js";

/** What Adam and AdamW keep constant over a run. */
export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Divide by the largest second moment so far (Reddi et al., arXiv 1904.09237). Absent: no. */
  readonly amsgrad?: true;
}

/** The settings that both have, and their defaults. */
export const adamFields = (weightDecay: number) => ({
  beta1: v.optional(share, 0.9),
  beta2: v.optional(share, 0.99),
  eps: v.optional(positive, 1e-8),
  weightDecay: v.optional(notNegative, weightDecay),
  amsgrad: v.exactOptional(v.literal(true, "true, or left out")),
});

/** The vectors that they keep. */
export const adamMoments = ({ amsgrad }: AdamSettings): readonly string[] =>
  amsgrad ? ["m", "v", "vMax"] : ["m", "v"];

/** [learning rate, 1 − beta1^t, 1 − beta2^t] with t = step + 1. */
export const adamRates = (
  step: number,
  learningRate: number,
  { beta1, beta2 }: Pick<AdamSettings, "beta1" | "beta2">,
): Float32Array => Float32Array.of(learningRate, 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1));

/** The moments after a gradient, and the step that they ask for at a learning rate of 1 (Kingma and Ba, arXiv 1412.6980, algorithm 1). */
export const adamDirection = (
  gradient: Tensor,
  moments: Moments,
  rates: Tensor,
  { beta1, beta2, eps, amsgrad }: AdamSettings,
): { readonly direction: Tensor; readonly moments: Moments } => {
  const m = add(mul(moments.m!, beta1), mul(gradient, 1 - beta1));
  const second = add(mul(moments.v!, beta2), mul(mul(gradient, gradient), 1 - beta2));
  const vMax = amsgrad && maximum(moments.vMax!, second);
  const denominator = add(sqrt(div(vMax ?? second, rateOf(rates, 2))), eps);
  const direction = div(div(m, rateOf(rates, 1)), denominator);
  return { direction, moments: { m, v: second, ...(vMax && { vMax }) } };
};
