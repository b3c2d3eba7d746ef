import type { DataSource } from "@isoflop/data";
import {
  type LossBin,
  loss,
  type MeanLoss,
  type Objective,
  objectiveOn,
  quantiles,
  stratifiedMean,
  timeBins,
} from "@isoflop/diffusion";
import { only } from "@isoflop/spec";
import { type Device, jit, leavesOf, type Tensor } from "@isoflop/tensor";
import { type Captions, uploadCaptions } from "./captions.js";
import { check, must } from "./errors.js";
import { yieldToHost } from "./host.js";
import type { Network } from "./network.js";
import { trainFields, VALIDATION_BLOCK, type ValidationSpec, validationSchema } from "./spec.js";
import { validationNoise } from "./validation-noise.js";

/** The version of the noise and the times that validation images meet: losses of two versions are of other samples. */
export const VALIDATION_NOISE = 1;

/** The validation loss of a model, with what it was measured on. */
export interface Validation extends MeanLoss {
  /** The loss of every sample, in order: those of two models can be compared by `pairedDifference`. */
  readonly losses: Float32Array;
  /** Their times, ascending, from 0, data, to 1, noise. */
  readonly times: Float32Array;
  /** The loss by noise level: at eight parts of the clock, of equal share of the samples. See `timeBins`. */
  readonly bins: readonly LossBin[];
}

/** Parts of the clock that a validation is told in: a block has an even number of samples in each. */
export const BINS = 8;

export interface ValidateOptions<P> {
  readonly device: Device;
  readonly model: Network<P>;
  readonly objective: Objective;
  readonly data: DataSource;
  readonly validation: ValidationSpec;
  readonly signal?: AbortSignal;
}

/** A spec's other fields may stand beside them, and what else a metric is handed. */
const validateOptions = only(["device", "data", "signal", "features", ...Object.keys(trainFields)]);

/**
 * Validation loss of given weights. Image i of the held-out split meets noise that depends on i alone, at the time
 * quantile((i + ½) / n) of the objective's density: the same numbers for every model, in the same order, on every device.
 * Standard error by `stratifiedMean`: over images and noise, at fixed times.
 *
 * @throws TrainError `data` if the split has too few images, `spec` for an unknown option or a split that training sees, `diverged` naming
 * the first image whose loss is not finite
 */
export const validate = async <P>(params: P, options: ValidateOptions<P>): Promise<Validation> => {
  check(validateOptions, options, "options");
  const { device, model, data, signal } = options;
  const objective = objectiveOn(options.objective, device);
  const { split, images: count } = check(validationSchema, options.validation, "options.validation");
  checkSplit(data, split, count);
  const block = jit(
    (weights: P, x: Tensor, captions: Captions, t: Tensor, index: Tensor): Tensor => {
      const noise = validationNoise(index, x.shape);
      return loss(objective, (noisy, time) => model.apply(weights, noisy, time, captions), { x, noise, t });
    },
    { device },
  );
  const losses = new Float32Array(count);
  const times = Float32Array.from(quantiles(objective.density, count));
  try {
    for (let start = 0; start < count; start += VALIDATION_BLOCK) {
      signal?.throwIfAborted();
      const batch = data.batch(split, start, VALIDATION_BLOCK);
      const inputs = [
        device.tensor(batch.images, [VALIDATION_BLOCK, ...data.shape]),
        uploadCaptions(device, data, batch, VALIDATION_BLOCK, model.reads),
        device.tensor(times.subarray(start, start + VALIDATION_BLOCK)),
        device.tensor(Uint32Array.of(start / VALIDATION_BLOCK), [], "u32"),
      ] as const;
      try {
        using result = (block as (...args: readonly unknown[]) => Tensor)(params, ...inputs);
        losses.set((await result.data()) as Float32Array, start);
      } finally {
        for (const tensor of leavesOf(inputs)) tensor.dispose();
      }
      const bad = losses.subarray(start, start + VALIDATION_BLOCK).findIndex((value) => !Number.isFinite(value));
      const at = start + bad;
      const told = `the validation loss of image ${at} of "${split}", at t = ${times[at]}, is ${losses[at]}`;
      must(bad === -1, "diverged", told);
      await yieldToHost();
    }
  } finally {
    block.dispose();
  }
  return { ...stratifiedMean(losses), losses, times, bins: timeBins(losses, objective.density, BINS) };
};

/** @throws TrainError `data` unless the data has the split, and as many images in it; tells the most that could be asked for */
export const checkSplit = (data: DataSource, split: string, count: number): void => {
  const { name, splits } = data;
  const others = splits.filter((other) => other !== "train").join(" or ");
  must(splits.includes(split), "data", `${name} has no split "${split}"; validation.split can be ${others}`);
  const size = data.size(split);
  const most = Math.floor(size / VALIDATION_BLOCK) * VALIDATION_BLOCK;
  const right = most > 0 ? `can be at most ${most}` : `must be at least ${VALIDATION_BLOCK}`;
  const told = `validation.images is ${count} and ${right}, unless the data hold out more`;
  must(size >= count, "data", `${name} has ${size} images in "${split}"; ${told}`);
};
