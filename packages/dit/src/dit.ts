import { type DitConfig, type ResolvedConfig, resolve } from "@isoflop/flops";
import { linear, type random, type Tensor } from "@isoflop/tensor";
import { type InContextParams, inContext } from "./conditioning/in-context.js";
import { type ContextParams, checkCondition, contextSpecs, embedContext } from "./context.js";
import { DitError, shown } from "./errors.js";
import { smallNormal, zeroLaw } from "./laws.js";
import { patchify, unpatchify } from "./patches.js";
import { sinCosPositions } from "./positions.js";
import { initialise, type Linear, linearSpec, Spec, type SpecsOf } from "./spec.js";
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

/** A diffusion transformer: a config and two pure functions. */
export interface Dit {
  /** The config as it was given: what `@isoflop/flops` counts. */
  readonly config: DitConfig;
  /** Draws the parameters by the laws of the official DiT; the same key gives the same weights on every backend. */
  init(key: random.Key): DitParams;
  /**
   * The prediction for noisy images, [n, outChannels, height, width].
   *
   * @param x f32 [n, channels, height, width]
   * @param t f32 [n], 0 (data) to 1 (noise)
   * @param condition i32 [n, tokens] for words, f32 [n, tokens, dim] for features, i32 [n] for classes, absent for none.
   *   A word or class outside its table gives NaN, as a kernel cannot throw.
   * @throws DitError("shape") naming the operand, its shape and what would fit
   */
  apply(params: DitParams, x: Tensor, t: Tensor, condition?: Tensor): Tensor;
}

const conditioningOf = (config: ResolvedConfig) => {
  if (config.conditioning === "inContext") return inContext();
  throw new DitError("config", `conditioning is "${config.conditioning}"; this version builds "inContext".`);
};

/** The shape and law of every trainable parameter. */
export const specsOf = (config: ResolvedConfig): SpecsOf<DitParams> => {
  const { width, image, patch, positions, imageTokens, outChannels } = config;
  const inputs = image.channels * patch ** 2;
  const { weight, bias } = linearSpec("patchEmbedding", inputs, width);
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

const checkInputs = ({ image, context }: ResolvedConfig, x: Tensor, t: Tensor, condition: Tensor | undefined): void => {
  const n = x.shape[0] ?? 1;
  const right = [n, image.channels, image.height, image.width];
  const shapeOf = (y: Tensor) => `${y.dtype}${shown(y.shape)}`;
  if (x.dtype !== "f32" || x.shape.join() !== right.join())
    throw new DitError("shape", `x is ${shapeOf(x)}; the config's image takes f32${shown(right)}.`);
  if (t.dtype !== "f32" || t.shape.join() !== `${n}`)
    throw new DitError("shape", `t is ${shapeOf(t)}; x has a batch of ${n} and takes one time each, f32[${n}].`);
  checkCondition(context, n, condition);
};

/**
 * Builds a model from the config that `@isoflop/flops` counts.
 *
 * @throws FlopsError("config") naming a wrong field, DitError("config") for a conditioning this version does not build
 */
export const dit = (given: DitConfig): Dit => {
  const config = resolve(given);
  const conditioning = conditioningOf(config);
  const specs = specsOf(config);
  const { image, patch, width } = config;
  const [rows, columns] = [image.height / patch, image.width / patch];
  return {
    config: given,
    init: (key) => initialise<DitParams>(specs, key),
    apply(params, x, t, condition) {
      checkInputs(config, x, t, condition);
      const { weight, bias } = params.x_embedder.proj;
      const kernel = weight.reshape([width, image.channels * patch ** 2]);
      const positions = params.pos_embed ?? sinCosPositions(rows, columns, width);
      const tokens = linear(patchify(x, patch), kernel, bias).add(positions);
      const embedded = {
        image: tokens,
        time: embedTime(params.t_embedder, t),
        context: embedContext(params, condition),
      };
      const out = conditioning.forward(params, embedded, config);
      return unpatchify(linear(out, params.linear.weight, params.linear.bias), rows, columns, patch);
    },
  };
};
