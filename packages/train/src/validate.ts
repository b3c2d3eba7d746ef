import type { DataSource } from "@isoflop/data";
import { loss, type Objective } from "@isoflop/diffusion";
import { type Device, jit, random, type Tensor } from "@isoflop/tensor";
import { TrainError } from "./errors.js";
import { type Estimate, stratifiedMean } from "./estimate.js";
import { yieldToHost } from "./host.js";
import { VALIDATION_BLOCK, type ValidationSpec } from "./spec.js";
import type { Denoiser } from "./step.js";

/** Seed of the validation noise: one for all runs, so that every model meets the same. */
const NOISE_SEED = 0x15f10b;

/** The validation loss of a model, with what it was measured on. */
export interface Validation extends Estimate {
  /** The loss of every sample, in order: those of two models can be compared by `pairedDifference`. */
  readonly losses: Float32Array;
}

export interface ValidateOptions<P> {
  readonly device: Device;
  readonly model: Denoiser<P>;
  readonly objective: Objective;
  readonly data: DataSource;
  readonly validation: ValidationSpec;
  readonly signal?: AbortSignal;
}

/**
 * Validation loss of given weights. Image i of the held-out split meets noise that depends on i alone, at the time
 * quantile((i + ½) / n) of the objective's density: the same numbers for every model, in the same order, on every device.
 * Standard error by `stratifiedMean`: over images and noise, at fixed times.
 *
 * @throws TrainError `data` if the split has too few images
 */
export const validate = async <P>(
  params: P,
  { device, model, objective, data, validation: { split, images: count }, signal }: ValidateOptions<P>,
): Promise<Validation> => {
  checkSplit(data, split, count);
  const block = jit(
    (weights: P, x: Tensor, captions: Tensor, t: Tensor, index: Tensor): Tensor => {
      const noise = random.normal(random.foldIn(random.key(NOISE_SEED), index), x.shape);
      return loss(objective, (noisy, time) => model.apply(weights, noisy, time, captions), { x, noise, t });
    },
    { device },
  );
  const losses = new Float32Array(count);
  try {
    for (let start = 0; start < count; start += VALIDATION_BLOCK) {
      signal?.throwIfAborted();
      const { images, captions } = data.batch(split, start, VALIDATION_BLOCK);
      const quantile = (_: unknown, i: number): number => objective.density.quantile((start + i + 0.5) / count);
      const inputs = [
        device.tensor(images, [VALIDATION_BLOCK, ...data.shape]),
        device.tensor(captions, [VALIDATION_BLOCK, data.captionLength], "i32"),
        device.tensor(Float32Array.from({ length: VALIDATION_BLOCK }, quantile)),
        device.tensor(Uint32Array.of(start / VALIDATION_BLOCK), [], "u32"),
      ] as const;
      const result = (block as (...args: readonly unknown[]) => Tensor)(params, ...inputs);
      losses.set((await result.data()) as Float32Array, start);
      for (const tensor of [...inputs, result]) tensor.dispose();
      await yieldToHost();
    }
  } finally {
    block.dispose();
  }
  return { ...stratifiedMean(losses), losses };
};

const checkSplit = (data: DataSource, split: string, count: number): void => {
  if (!data.splits.includes(split))
    throw new TrainError(
      "data",
      `${data.name} has no split "${split}"; validation.split can be ${data.splits.filter((name) => name !== "train").join(" or ")}`,
    );
  if (data.size(split) < count)
    throw new TrainError(
      "data",
      `${data.name} has ${data.size(split)} images in "${split}"; validation.images is ${count} and can be at most that`,
    );
};
