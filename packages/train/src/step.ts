import type { Objective } from "@isoflop/diffusion";
import { loss, objectiveOn, stratified } from "@isoflop/diffusion";
import { only } from "@isoflop/spec";
import { type Device, type Jitted, jit, mean, random, stack, type Tensor, valueAndGrad } from "@isoflop/tensor";
import { type CaptionForm, type Captions, dropCaptions } from "./captions.js";
import { check } from "./errors.js";
import { clipByNorm, type OptimizerState, updateParameters } from "./optimizer.js";
import type { Packing } from "./pack.js";
import { type OptimizerSpec, optimizerSchema, trainFields } from "./spec.js";

/** A network that predicts from noisy images x [n, c, h, w], times t [n] and captions of the form it reads. `@isoflop/dit` makes some. */
export interface Network<P> {
  /** Default: words. */
  readonly reads?: CaptionForm;
  init(key: random.Key): P;
  apply(params: P, x: Tensor, t: Tensor, captions: Captions): Tensor;
}

/** What one step reads besides the state. All of it is data: one program serves every step of every seed. */
export interface StepInputs {
  /** f32 [batch, channels, height, width]. */
  readonly images: Tensor;
  /** Of the form that the network reads. */
  readonly captions: Captions;
  /** The run's key, u32 [2]. */
  readonly key: Tensor;
  /** Counted from 0, u32 []. */
  readonly step: Tensor;
  /** [learning rate, 1 − beta1^t, 1 − beta2^t], see `adamWRates`. */
  readonly rates: Tensor;
  /** How far the average moves, f32 []; see `averagingBlend`. */
  readonly blend: Tensor;
}

export interface StepOutputs {
  readonly state: OptimizerState;
  /** [mean loss of the batch, norm of its gradient before clipping]. */
  readonly metrics: Tensor;
}

export interface StepOptions<P> {
  readonly device: Device;
  readonly model: Network<P>;
  readonly packing: Packing<P>;
  readonly objective: Objective;
  readonly optimizer: OptimizerSpec;
  /** Share of the captions replaced by the empty one: word 0 everywhere, or one vector of zeros. */
  readonly captionDropout: number;
}

/** A spec's other fields may stand beside them. */
const stepOptions = only(["device", "packing", ...Object.keys(trainFields)]);

/**
 * One training step as one program: noise and times drawn on the device from the run's key folded with the step,
 * forward, backward, clipping, AdamW and the average of the weights. The state is donated: the program overwrites it.
 * @throws TrainError `spec` for an unknown option, a dropout outside 0..1 or an optimizer that is none
 */
export const trainStep = <P>(
  options: StepOptions<P>,
): Jitted<[state: OptimizerState, inputs: StepInputs], StepOutputs> => {
  check(stepOptions, options, "options");
  const { device, model, packing } = options;
  const objective = objectiveOn(options.objective, device);
  const captionDropout = check(trainFields.captionDropout, options.captionDropout, "options.captionDropout");
  const optimizer = check(optimizerSchema, options.optimizer, "options.optimizer");
  return jit(
    (state: OptimizerState, { images, captions, key, step, rates, blend }: StepInputs): StepOutputs => {
      const [noiseKey, timeKey, captionKey] = random.split(random.foldIn(key, step), 3);
      const noise = random.normal(noiseKey!, images.shape);
      const t = stratified(objective.density, images.shape[0]!, timeKey!);
      const condition = dropCaptions(captions, captionDropout, captionKey!);
      const lossOf = (flat: Tensor): Tensor => {
        const params = packing.unpack(flat);
        const denoise = (x: Tensor, time: Tensor): Tensor => model.apply(params, x, time, condition);
        return mean(loss(objective, denoise, { x: images, noise, t }));
      };
      const { value, gradient } = valueAndGrad(lossOf)(state.weights);
      const clipped = clipByNorm(gradient, optimizer.clip);
      return {
        state: updateParameters(state, clipped.gradient, rates, blend, optimizer),
        metrics: stack([value, clipped.norm]),
      };
    },
    { device, donate: [0] },
  );
};
