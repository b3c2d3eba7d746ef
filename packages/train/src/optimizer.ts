import { positive, record, whole } from "@isoflop/spec";
import { add, div, minimum, mul, norm, sub, type Tensor } from "@isoflop/tensor";
import { check, must } from "./errors.js";
import { type Factors, NO_FACTORS } from "./groups.js";
import { type AdamSettings, adamRates } from "./optimizers/adam-moments.js";
import { notNegative, share } from "./optimizers/optimizer.js";
import { buildOptimizer, type OptimizerSettings, settingsSchema } from "./optimizers/spec.js";

const rated = record({ step: whole(), learningRate: notNegative, beta1: share, beta2: share });

/** Everything an optimizer step reads and replaces, by name: flat f32 vectors of one size. `M` are the moments of its optimizer. */
export type OptimizerState<M extends string = "m" | "v"> = {
  readonly weights: Tensor;
  readonly average: Tensor;
} & Readonly<Record<M, Tensor>>;

/**
 * What changes from step to step, as data: [learning rate, 1 − beta1^t, 1 − beta2^t] with t = step + 1.
 * @throws TrainError `spec` for a step, rate or beta that is none
 */
export const adamWRates = (
  step: number,
  learningRate: number,
  { beta1, beta2 }: Pick<AdamSettings, "beta1" | "beta2">,
): Float32Array => {
  check(rated, { step, learningRate, beta1, beta2 }, "");
  return adamRates(step, learningRate, { beta1, beta2 });
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

/** An average that moves towards the weights by a share of the way. */
export const moveAverage = (average: Tensor, weights: Tensor, blend: Tensor): Tensor =>
  add(average, mul(sub(weights, average), blend));

/**
 * One step of an optimizer over all parameters, then the average of the weights moves by `blend` (a scalar tensor).
 * @param rates of the step, as the optimizer's own `rates` gives them: `adamWRates` for AdamW
 * @param factors on learning rate and weight decay: see `factorsOf`
 * @throws TrainError `spec` for a setting out of its range, or a state without a vector that the optimizer keeps
 */
export const updateParameters = <S extends OptimizerState<string>>(
  state: S,
  gradient: Tensor,
  rates: Tensor,
  blend: Tensor,
  settings: OptimizerSettings,
  factors: Factors = NO_FACTORS,
): S => {
  const optimizer = buildOptimizer(check(settingsSchema, settings, "") as OptimizerSettings);
  const lacking = optimizer.moments.find((name) => !state[name]);
  must(lacking === undefined, "spec", `state has no ${lacking}; the optimizer keeps ${optimizer.moments.join(", ")}`);
  const { weights: before, average, ...moments } = state;
  const { weights, moments: next } = optimizer.update({ weights: before, gradient, moments, rates, factors });
  return { weights, ...next, average: moveAverage(average, weights, blend) } as OptimizerState<string> as S;
};
