import {
  type Conditioning,
  type DitConfig,
  patchSize,
  positionTableOf,
  type ResolvedConfig,
  resolve,
} from "@isoflop/flops";
import { linear, type Tensor } from "@isoflop/tensor";
import { type Run, seen } from "./blocks.js";
import { type Condition, partsOf } from "./condition.js";
import { type ParamsOf, trunkOf } from "./conditioning/index.js";
import { embedGuidance, type GuidanceEmbedder, guidanceSpecs } from "./guidance.js";
import { type Initializer, smallNormal, unitNormal } from "./initializers.js";
import { captionOf } from "./lengths.js";
import { underMuP, widthRatio } from "./mu-p.js";
import { patchify, patchifyVideo, unpatchify, unpatchifyVideo } from "./patches.js";
import { frozenPositions } from "./positions.js";
import { build, type Linear, linearSpec, Spec, type SpecsOf } from "./spec.js";

/** A checked config whose conditioning is K. */
export type ConfigOf<K extends Conditioning> = ResolvedConfig & { readonly conditioning: K };

/** @throws FlopsError("config") */
export const resolveAs = <K extends Conditioning>(config: DitConfig & { readonly conditioning: K }): ConfigOf<K> => ({
  ...resolve(config),
  conditioning: config.conditioning,
});

/** What every conditioning begins with. */
export interface ImageParams {
  /** `weight` is [width, channels, patch, patch], as the official patch convolution stores it; of videos [width, channels, patchFrames, patch, patch]. */
  readonly x_embedder: { readonly proj: Linear };
  /** Learned positions of the image tokens, [1, T, width]; absent under the others. */
  readonly pos_embed?: Tensor;
  /** sd3-ref's register tokens, [1, registers, width]. */
  readonly register?: Tensor;
  /** Where the model takes a scale of guidance. */
  readonly guidance_in?: GuidanceEmbedder;
}

/**
 * Trainable parameters, a plain record, of one conditioning or of any. Frozen sine-cosine positions are not among them: they are
 * computed.
 */
export type DitParams<K extends Conditioning = Conditioning> = ImageParams & ParamsOf<K>;

const imageSpecs = (config: ResolvedConfig): SpecsOf<ImageParams> => {
  const { width, image, patch, patchFrames, imageTokens, registers } = config;
  const { weight, bias } = linearSpec("patchEmbedding", image.channels * patchSize(config), width);
  const sides = [...(image.frames === undefined ? [] : [patchFrames]), patch, patch];
  const kernel = new Spec([width, image.channels, ...sides], weight.init, "patchEmbedding", "input");
  const tokens = (count: number, init: Initializer) => new Spec([1, count, width], init, "patchEmbedding", "table");
  return {
    x_embedder: { proj: { weight: kernel, bias } },
    ...(positionTableOf(config) === "learned" && { pos_embed: tokens(imageTokens, smallNormal) }),
    ...(registers > 0 && { register: tokens(registers, unitNormal) }),
    ...(config.guidance && { guidance_in: guidanceSpecs(config) }),
  };
};

/** The shape and initializer of every trainable parameter: the structure of {@link DitParams} with specs at the leaves. */
export const specsOf = (config: ResolvedConfig): SpecsOf<DitParams> => {
  const { parameterization, conditioning } = config;
  const standard = (size: ResolvedConfig): SpecsOf<DitParams> => ({
    ...imageSpecs(size),
    ...trunkOf(conditioning).specs(size),
  });
  if (parameterization.kind === "standard") return standard(config);
  return underMuP(standard(config), standard(parameterization.base), widthRatio(config));
};

/** Builds the parameters from their specs, one leaf at a time, in the order of {@link specsOf}. */
export const buildParams = <K extends Conditioning>(
  config: ConfigOf<K>,
  leaf: (spec: Spec, name: string) => Tensor,
): DitParams<K> => build<DitParams>(specsOf(config), leaf) as DitParams<K>;

/** Image tokens with what positions add to them, [n, T, d]. */
const embedImage = (config: ResolvedConfig, params: ImageParams, x: Tensor, run: Run): Tensor => {
  const { image, patch, patchFrames, width } = config;
  const { weight, bias } = params.x_embedder.proj;
  const kernel = weight.reshape([width, image.channels * patchSize(config)]);
  const patches = image.frames === undefined ? patchify(x, patch) : patchifyVideo(x, patch, patchFrames);
  const tokens = seen(run, "x_embedder", linear(patches, kernel, bias));
  if (params.pos_embed) return tokens.add(params.pos_embed);
  return positionTableOf(config) === undefined ? tokens : tokens.add(frozenPositions(config));
};

/** The prediction from x [n, c, h, w], or [n, c, f, h, w] of videos, the features of time [n, 256], and what else the model is told. */
export const predict = <K extends Conditioning>(
  config: ConfigOf<K>,
  params: DitParams<K>,
  x: Tensor,
  timeFeatures: Tensor,
  condition: Condition | undefined,
  run: Run = {},
  guidance?: Tensor,
): Tensor => {
  const { image, patch, patchFrames, grid, conditioning } = config;
  const { pooled, ...parts } = partsOf(condition);
  const inputs = {
    ...{ image: embedImage(config, params, x, run), registers: params.register },
    ...{ time: timeFeatures, ...captionOf(config, parts), pooled },
    guidance:
      guidance && params.guidance_in && seen(run, "guidance_in", embedGuidance(params.guidance_in, guidance, config)),
  };
  const patches = seen(run, "final_layer", trunkOf<K>(conditioning).forward(params, inputs, config, run));
  if (image.frames !== undefined) return unpatchifyVideo(patches, grid, patch, patchFrames);
  return unpatchify(patches, grid.rows, grid.columns, patch);
};
