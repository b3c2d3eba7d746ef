import { type Conditioning, type DitConfig, type ResolvedConfig, resolve } from "@isoflop/flops";
import { linear, type Tensor } from "@isoflop/tensor";
import { type Run, seen } from "./blocks.js";
import { type Condition, partsOf } from "./condition.js";
import { type ParamsOf, trunkOf } from "./conditioning/index.js";
import { smallNormal } from "./initializers.js";
import { captionOf } from "./lengths.js";
import { underMuP, widthRatio } from "./mu-p.js";
import { patchify, unpatchify } from "./patches.js";
import { sinCosPositions } from "./positions.js";
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
  /** `weight` is [width, channels, patch, patch], as the official patch convolution stores it. */
  readonly x_embedder: { readonly proj: Linear };
  /** Learned positions of the image tokens, [1, T, width]; absent under "sincos". */
  readonly pos_embed?: Tensor;
}

/**
 * Trainable parameters, a plain record, of one conditioning or of any. Frozen sine-cosine positions are not among them: they are
 * computed.
 */
export type DitParams<K extends Conditioning = Conditioning> = ImageParams & ParamsOf<K>;

const imageSpecs = ({ width, image, patch, positions, imageTokens }: ResolvedConfig): SpecsOf<ImageParams> => {
  const { weight, bias } = linearSpec("patchEmbedding", image.channels * patch ** 2, width);
  const kernel = new Spec([width, image.channels, patch, patch], weight.init, "patchEmbedding", "input");
  const learned = new Spec([1, imageTokens, width], smallNormal, "patchEmbedding", "table");
  return { x_embedder: { proj: { weight: kernel, bias } }, ...(positions === "learned" ? { pos_embed: learned } : {}) };
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

/** Image tokens with their positions, [n, T, d]. */
const embedImage = ({ image, patch, width }: ResolvedConfig, params: ImageParams, x: Tensor, run: Run): Tensor => {
  const { weight, bias } = params.x_embedder.proj;
  const kernel = weight.reshape([width, image.channels * patch ** 2]);
  const positions = params.pos_embed ?? sinCosPositions(image.height / patch, image.width / patch, width);
  return seen(run, "x_embedder", linear(patchify(x, patch), kernel, bias)).add(positions);
};

/** The prediction from x [n, c, h, w], the sines and cosines of time [n, 256], and the condition. */
export const predict = <K extends Conditioning>(
  config: ConfigOf<K>,
  params: DitParams<K>,
  x: Tensor,
  timeFeatures: Tensor,
  condition: Condition | undefined,
  run: Run = {},
): Tensor => {
  const { image, patch, conditioning } = config;
  const { pooled, ...parts } = partsOf(condition);
  const inputs = { image: embedImage(config, params, x, run), time: timeFeatures, ...captionOf(config, parts), pooled };
  const patches = seen(run, "final_layer", trunkOf<K>(conditioning).forward(params, inputs, config, run));
  return unpatchify(patches, image.height / patch, image.width / patch, patch);
};
