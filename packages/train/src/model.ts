import type { DataSource } from "@isoflop/data";
import { denoiser } from "@isoflop/diffusion";
import { type Dit, type DitOptions, type DitParams, dit, parameterRates } from "@isoflop/dit";
import { equal, select, sub, Tensor } from "@isoflop/tensor";
import type { Captions, FeatureCaptions } from "./captions.js";
import { must, TrainError } from "./errors.js";
import type { Network } from "./network.js";
import { buildObjective, outputsOf } from "./objective.js";
import { buildOptimizer } from "./optimizers/spec.js";
import type { TrainSpec } from "./spec.js";

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

/** How a model is run where that decides nothing of the result. */
export type ModelOptions = Pick<DitOptions, "checkpointing">;

/** What of a spec decides its model; of the optimizer, the rates that a parameterization asks for. */
export type ModelSpec = Pick<TrainSpec, "model" | "objective" | "dropPath"> & Partial<Pick<TrainSpec, "optimizer">>;

/** The factors of a parameterization under an optimizer; none where they are all 1. */
const ratesOf = ({ model, optimizer }: ModelSpec): Pick<Network<DitParams>, "rates"> =>
  optimizer && model.parameterization?.kind === "muP"
    ? { rates: parameterRates(model, buildOptimizer(optimizer).family) }
    : {};

/**
 * The model of a spec, given the inputs of its objective and handed captions like any other: one without context leaves them, one of classes reads a label from each, and one of
 * features reads how many vectors count where it is masked. It has the rates that its parameterization asks for.
 */
export const modelOf = (spec: ModelSpec, options: ModelOptions = {}): Network<DitParams> => {
  const { model, objective, dropPath } = spec;
  const built = dit(model, { ...options, ...(dropPath !== undefined && { dropPath }) });
  const network = { ...ofCaptions(built), ...ratesOf(spec) };
  const aim = buildObjective(objective);
  if (aim.inputs.name === "plain") return network;
  const apply: Network<DitParams>["apply"] = (params, x, t, captions, given) =>
    denoiser(aim, (scaled, time) => network.apply(params, scaled, time, captions, given))(x, t);
  return { ...network, apply };
};

const ofCaptions = (built: Dit): Network<DitParams> => {
  const { context } = built.config;
  switch (context.kind) {
    case "none":
      return { ...built, apply: (params, x, t, _, given) => built.apply(params, x, t, undefined, given) };
    case "classes": {
      const { classes } = context;
      return {
        ...built,
        apply: (params, x, t, captions, given) =>
          built.apply(params, x, t, labelsOf(wordsOf(captions), classes), given),
      };
    }
    case "features": {
      const told = (captions: Captions) => (context.masked ? vectorsOf(captions) : vectorsOf(captions).tokens);
      return {
        ...built,
        reads: "features",
        apply: (params, x, t, captions, given) => built.apply(params, x, t, told(captions), given),
      };
    }
    case "words":
      return {
        ...built,
        apply: (params, x, t, captions, given) => built.apply(params, x, t, wordsOf(captions), given),
      };
  }
};

/** 4 GiB of f32: what WebAssembly can address. */
const MOST_VALUES = 2 ** 30;

/**
 * @throws TrainError `data` if the data's images or captions do not fit the model, `spec` for a model with other outputs than
 * a prediction (and, where it is learned, a variance), one without the label that dropped captions take, or a batch beyond memory
 */
export const checkData = ({ model, objective, batch, captionDropout }: TrainSpec, data: DataSource): void => {
  const wrong = (message: string): TrainError => new TrainError("spec", message);
  const misfit = (message: string): TrainError => new TrainError("data", `${data.name} has ${message}`);
  const { channels, height, width, frames } = model.image;
  const { outChannels = channels, context } = model;
  const { outChannels: asked = channels } = outputsOf(objective, model.image);
  if (outChannels !== asked)
    throw wrong(
      asked === channels
        ? `model.outChannels is ${outChannels}; it must be model.image.channels, ${channels}: training is by predictions of x's shape, without a learned variance`
        : `model.outChannels is ${outChannels}; it must be twice model.image.channels, ${asked}: objective.variance is "learnedRange", a prediction and its variance`,
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
