import type { ResolvedConfig } from "@isoflop/flops";
import { linear, type Tensor } from "@isoflop/tensor";
import type { Conditioning } from "./conditioning/conditioning.js";
import { type InContextParams, inContext } from "./conditioning/in-context.js";
import { type ContextParams, contextSpecs, embedContext } from "./context.js";
import { DitError } from "./errors.js";
import { smallNormal, zeroLaw } from "./laws.js";
import { patchify, unpatchify } from "./patches.js";
import { sinCosPositions } from "./positions.js";
import { type Linear, linearSpec, Spec, type SpecsOf } from "./spec.js";
import { embedTime, type TimeEmbedder, timeSpecs } from "./time.js";

/** Trainable parameters, a plain record. Frozen sine-cosine positions are not among them: they are computed. */
export type DitParams = ContextParams &
  InContextParams & {
    /** `weight` is [width, channels, patch, patch], as the official patch convolution stores it. */
    readonly x_embedder: { readonly proj: Linear };
    /** Learned positions of the image tokens, [1, T, width]; absent under "sincos". */
    readonly pos_embed?: Tensor;
    readonly t_embedder: TimeEmbedder;
    /** Readout of patches in row, column, channel order. */
    readonly linear: Linear;
  };

/** @throws DitError("config") for a conditioning that is not built */
export const conditioningOf = ({ conditioning }: ResolvedConfig): Conditioning<InContextParams> => {
  if (conditioning === "inContext") return inContext;
  throw new DitError("config", `conditioning is "${conditioning}"; this version builds "inContext".`);
};

/** The shape and law of every trainable parameter. */
export const specsOf = (config: ResolvedConfig): SpecsOf<DitParams> => {
  const { width, image, patch, positions, imageTokens, outChannels } = config;
  const { weight, bias } = linearSpec("patchEmbedding", image.channels * patch ** 2, width);
  const kernel = new Spec([width, image.channels, patch, patch], weight.law, "patchEmbedding");
  const learned = new Spec([1, imageTokens, width], smallNormal, "patchEmbedding", true);
  return {
    x_embedder: { proj: { weight: kernel, bias } },
    ...(positions === "learned" ? { pos_embed: learned } : {}),
    t_embedder: timeSpecs(config),
    ...contextSpecs(config),
    ...conditioningOf(config).specs(config),
    linear: linearSpec("finalLayer", width, outChannels * patch ** 2, zeroLaw),
  };
};

/** The prediction from x [n, c, h, w], the sines and cosines of time [n, 256], and the condition. */
export const predict = (
  config: ResolvedConfig,
  params: DitParams,
  x: Tensor,
  timeFeatures: Tensor,
  condition: Tensor | undefined,
): Tensor => {
  const { image, patch, width } = config;
  const [rows, columns] = [image.height / patch, image.width / patch];
  const { weight, bias } = params.x_embedder.proj;
  const kernel = weight.reshape([width, image.channels * patch ** 2]);
  const positions = params.pos_embed ?? sinCosPositions(rows, columns, width);
  const embedded = {
    image: linear(patchify(x, patch), kernel, bias).add(positions),
    time: embedTime(params.t_embedder, timeFeatures),
    context: embedContext(params, condition),
  };
  const out = conditioningOf(config).forward(params, embedded, config);
  return unpatchify(linear(out, params.linear.weight, params.linear.bias), rows, columns, patch);
};
