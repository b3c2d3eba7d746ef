import type { DataSource } from "@isoflop/data";
import {
  type LossBin,
  lossFactor,
  type MeanLoss,
  type Objective,
  objective,
  quantiles,
  stratifiedMean,
  timeBins,
} from "@isoflop/diffusion";
import { only } from "@isoflop/spec";
import { createDevice, type Device, jit, type Tensor } from "@isoflop/tensor";
import { check, must } from "./errors.js";
import { yieldToHost } from "./host.js";
import { trainFields, VALIDATION_BLOCK, type ValidationSpec, validationSchema } from "./spec.js";
import { BINS, checkSplit } from "./validate.js";
import { validationNoise } from "./validation-noise.js";

/** The loss of the best prediction, with what it was measured on. */
export interface BayesLoss extends MeanLoss {
  /** What the prediction knew of the images. */
  readonly prior: string;
  /** The loss of every sample, in order: they are those of `validate`, so `pairedDifference` tells what a model is above it. */
  readonly losses: Float64Array;
  /** Time of every sample. */
  readonly times: Float32Array;
  /** The loss by noise level, as `validate` has it. */
  readonly bins: readonly LossBin[];
}

export interface BayesLossOptions {
  readonly objective: Objective;
  /** Data that have a `posterior`. */
  readonly data: DataSource;
  readonly validation: ValidationSpec;
  /**
   * What the prediction knows of the images: that they are of a split, or, "all", of what there was before some were held out. Default "all": no model
   * is told what was held out.
   */
  readonly prior?: string;
  /** Which draws the noise. Default a WebAssembly one, of one thread, for as long as this takes. */
  readonly device?: Device;
  readonly signal?: AbortSignal;
  /** Told how many images are done. */
  readonly onProgress?: (done: number, images: number) => void;
}

/** A spec's other fields may stand beside them. */
const bayesLossOptions = only(["data", "prior", "device", "signal", "onProgress", ...Object.keys(trainFields)]);

/**
 * The least loss that any model can have which sees the noisy image, its time and its caption: that of the conditional mean E[x | x_t, t, caption],
 * in float64. Images, noise and times are those of `validate`, and the loss is the objective's, whatever its path, prediction and weighting.
 *
 * With the held-out split as prior nothing has a lower expected loss on it. Under "all" that is so of models that give no held-out image more than its
 * share: the mean under any prior lies between that of the trained and that of the held-out images, and its error falls with the share of the latter.
 * Under "train" it is higher: who knows the trained images by heart takes the others for impossible.
 *
 * @throws TrainError `data` if the data have no posterior, or the split too few images; `spec` for an unknown option, a split that training sees, or an
 * objective whose loss is not a squared error; RangeError for a prior that the data do not have, or under which a caption is impossible
 */
export const bayesLoss = async (options: BayesLossOptions): Promise<BayesLoss> => {
  check(bayesLossOptions, options, "options");
  const { objective: aim, data, prior = "all", signal, onProgress } = options;
  const { split, images: count } = check(validationSchema, options.validation, "options.validation");
  const why = whyNoBayesLoss(options);
  must(why === undefined, data.posterior ? "spec" : "data", why ?? "");
  checkSplit(data, split, count);
  const factorAt = lossOfData(aim);
  const posterior = data.posterior!(prior);
  const values = data.shape[0] * data.shape[1] * data.shape[2];
  const times = Float32Array.from(quantiles(aim.density, count));
  const losses = new Float64Array(count);
  const [noisy, best] = [new Float64Array(values), new Float64Array(values)];
  const device = options.device ?? (await createDevice("wasm", { wasm: { threads: 1 } }));
  const draw = jit((index: Tensor) => validationNoise(index, [VALIDATION_BLOCK, ...data.shape]), { device });
  try {
    for (let start = 0; start < count; start += VALIDATION_BLOCK) {
      const { images, captions } = data.batch(split, start, VALIDATION_BLOCK);
      const noise = await drawn(draw, device, start / VALIDATION_BLOCK);
      for (let i = 0; i < VALIDATION_BLOCK; i++) {
        signal?.throwIfAborted();
        const { alpha, sigma } = aim.path.at(times[start + i]!);
        const at = i * values;
        for (let v = 0; v < values; v++) noisy[v] = alpha * images[at + v]! + sigma * noise[at + v]!;
        const caption = captions.subarray(i * data.captionLength, (i + 1) * data.captionLength);
        posterior.mean({ caption, noisy, alpha, sigma }, best);
        let squares = 0;
        for (let v = 0; v < values; v++) squares += (best[v]! - images[at + v]!) ** 2;
        losses[start + i] = factorAt(times[start + i]!) * (squares / values);
      }
      onProgress?.(start + VALIDATION_BLOCK, count);
      await yieldToHost();
    }
  } finally {
    draw.dispose();
    if (!options.device) device.destroy();
  }
  return { prior, ...stratifiedMean(losses), losses, times, bins: timeBins(losses, aim.density, BINS) };
};

/** Why nobody knows the least loss of data under an objective, in words; undefined where it is known. */
export const whyNoBayesLoss = ({
  data,
  objective: { variance, loss: kind = "mse" },
}: Pick<BayesLossOptions, "data" | "objective">): string | undefined => {
  if (!data.posterior)
    return `${data.name} has no posterior: nobody knows how its images are drawn, nor which loss is the least`;
  if (kind === "mse" && variance !== "learnedRange") return undefined;
  const told = `the loss is "${kind}"${variance === "learnedRange" ? " with a learned variance" : ""}`;
  return `objective: ${told}; the least loss is known of squared errors alone`;
};

/** What a mean squared error of the data is multiplied by to be an objective's loss, by the time. */
const lossOfData = (aim: Objective): ((t: number) => number) => {
  const from = objective({ path: aim.path, prediction: "data", density: aim.density });
  return (t) => lossFactor({ from, to: aim }, t);
};

const drawn = async (draw: (index: Tensor) => Tensor, device: Device, block: number): Promise<Float32Array> => {
  using index = device.tensor(Uint32Array.of(block), [], "u32");
  using noise = draw(index);
  return (await noise.data()) as Float32Array;
};
