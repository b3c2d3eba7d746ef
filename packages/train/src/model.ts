import type { DataSource } from "@isoflop/data";
import { type ApplyOptions, type Condition, type DitParams, dit, parameterRates } from "@isoflop/dit";
import type { DitConfig } from "@isoflop/flops";
import { equal, select, sub, Tensor } from "@isoflop/tensor";
import type { Captions, FeatureCaptions } from "./captions.js";
import { must, TrainError } from "./errors.js";
import { buildOptimizer } from "./optimizers/spec.js";
import type { TrainSpec } from "./spec.js";
import type { Network } from "./step.js";

/** Labels [n] from captions of one word [n, 1]: word k is class k - 1, and the empty caption the row after the last, "no label". */
const labelsOf = (captions: Tensor, classes: number): Tensor => {
  const word = captions.reshape([captions.shape[0]!]);
  return select(equal(word, 0), classes, sub(word, 1));
};

/** @throws TrainError `data` for captions of the other form */
const wordsOf = (captions: Captions): Tensor => {
  must(captions instanceof Tensor, "data", "captions are vectors; this model reads words, i32 [n, words]");
  return captions;
};

/** @throws TrainError `data` for captions of the other form */
const vectorsOf = (captions: Captions): FeatureCaptions => {
  must(!(captions instanceof Tensor), "data", "captions are words; this model reads vectors, { tokens, lengths }");
  return captions;
};

/** A diffusion transformer that is handed captions. */
export interface DitNetwork extends Network<DitParams> {
  apply(params: DitParams, x: Tensor, t: Tensor, captions: Captions, options?: ApplyOptions): Tensor;
}

/** What a model is told by captions: one without context nothing, one of classes a label, one of features how many count where it is masked. */
const conditionOf = ({ context }: DitConfig, captions: Captions): Condition | undefined => {
  switch (context.kind) {
    case "none":
      return undefined;
    case "classes":
      return labelsOf(wordsOf(captions), context.classes);
    case "features":
      return context.masked ? vectorsOf(captions) : vectorsOf(captions).tokens;
    case "words":
      return wordsOf(captions);
  }
};

/** The factors that a parameterization asks for; none where they are all 1. */
const ratesOf = ({ model, optimizer }: TrainSpec): Pick<Network<DitParams>, "rates"> =>
  model.parameterization?.kind === "muP" ? { rates: parameterRates(model, buildOptimizer(optimizer).family) } : {};

/** The model of a spec, handed captions like any other, with the rates that its parameterization asks for under the optimizer. */
export const modelOf = (spec: TrainSpec): DitNetwork => {
  const { model } = spec;
  const built = dit(model);
  return {
    ...built,
    ...ratesOf(spec),
    ...(model.context.kind === "features" && { reads: "features" }),
    apply: (params, x, t, captions, options) => built.apply(params, x, t, conditionOf(model, captions), options),
  };
};

/** 4 GiB of f32: what WebAssembly can address. */
const MOST_VALUES = 2 ** 30;

/**
 * @throws TrainError `data` if the data's images or captions do not fit the model, `spec` for a model with more outputs than
 * a prediction, one without the label that dropped captions take, or a batch beyond memory
 */
export const checkData = ({ model, batch, captionDropout }: TrainSpec, data: DataSource): void => {
  const wrong = (message: string): TrainError => new TrainError("spec", message);
  const misfit = (message: string): TrainError => new TrainError("data", `${data.name} has ${message}`);
  const { channels, height, width, frames } = model.image;
  const { outChannels = channels, context } = model;
  if (outChannels !== channels)
    throw wrong(
      `model.outChannels is ${outChannels}; it must be model.image.channels, ${channels}: training is by predictions of x's shape, without a learned variance`,
    );
  if (model.guidance)
    throw wrong(
      "model.guidance is true; training hands the model no scale of guidance, which is for weights distilled elsewhere, and it must be left out",
    );
  if (frames !== undefined)
    throw wrong(`model.image.frames is ${frames}; sources have images and no videos, and it must be left out`);
  if (data.shape.join() !== [channels, height, width].join())
    throw misfit(
      `images [${data.shape.join(", ")}]; model.image is [${channels}, ${height}, ${width}] (channels, height, width)`,
    );
  const values = batch * channels * height * width;
  if (values > MOST_VALUES)
    throw wrong(
      `batch is ${batch}; its images would hold ${values} numbers, and a device takes at most ${MOST_VALUES} in one tensor`,
    );
  const { features } = data;
  const captions = `captions of ${data.captionLength} from ${data.vocabulary.size} words; model.context has`;
  const vectors = features && `captions of up to ${features.tokens} vectors of ${features.dim} numbers`;
  switch (context.kind) {
    case "none":
      return;
    case "features":
      if (!features)
        throw misfit(`captions of words; model.context.kind is "features" and must be "words", "classes" or "none"`);
      if (context.tokens !== features.tokens || context.dim !== features.dim)
        throw misfit(`${vectors}; model.context has ${context.tokens} of ${context.dim}`);
      if (context.pooled !== undefined)
        throw misfit(`no pooled vectors; model.context.pooled is ${context.pooled} and must be left out`);
      if (batch * features.tokens * features.dim > MOST_VALUES)
        throw wrong(
          `batch is ${batch}; its captions would hold ${batch * features.tokens * features.dim} numbers, and a device takes at most ${MOST_VALUES} in one tensor`,
        );
      return;
    case "classes":
      if (data.captionLength !== 1 || data.vocabulary.size !== context.classes + 1)
        throw misfit(
          `${captions} ${context.classes} classes and takes captions of 1 from ${context.classes + 1}, the empty word and one for each`,
        );
      if (context.nullLabel === false && captionDropout > 0)
        throw wrong(
          `captionDropout is ${captionDropout}; model.context.nullLabel is false, so there is no label for a dropped caption, and it must be 0`,
        );
      return;
    case "words":
      if (context.tokens !== data.captionLength || context.vocabulary !== data.vocabulary.size)
        throw misfit(
          `${captions} ${context.tokens} of ${context.vocabulary}${features ? `; it has ${vectors} too, for a model.context of "features"` : ""}`,
        );
  }
};
