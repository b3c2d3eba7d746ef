import type { Conditioning, DitConfig, ResolvedConfig } from "@isoflop/flops";
import type { random, Tensor } from "@isoflop/tensor";
import { checkBuildable } from "./buildable.js";
import { checkParams } from "./check-params.js";
import { type Condition, checkCondition, operandText } from "./condition.js";
import { must, shown } from "./errors.js";
import { buildParams, type DitParams, predict, resolveAs, specsOf } from "./network.js";
import { type ApplyOptions, checkApplyOptions, checkDitOptions, type DitOptions, runOf } from "./options.js";
import { drawFrom, namedSpecs } from "./spec.js";
import { timeFeatures } from "./time-features.js";

/** A diffusion transformer: a config and two pure functions. K is its conditioning, where it is known. */
export interface Dit<K extends Conditioning = Conditioning> {
  /** The config as it was given: what `@isoflop/flops` counts. */
  readonly config: DitConfig & { readonly conditioning: K };
  /** Draws the parameters by the initializers of the official code; the same key gives the same weights on every backend. */
  init(key: random.Key): DitParams<K>;
  /**
   * The prediction for noisy images, [n, outChannels, height, width], or videos, [n, outChannels, frames, height, width].
   *
   * @param x f32 [n, channels, height, width], or [n, channels, frames, height, width] where the config has frames
   * @param t f32 [n], 0 (data) to 1 (noise); the network sees sines of timeScale · t
   * @param condition i32 [n, tokens] for words, f32 [n, tokens, dim] for features, i32 [n] for classes, absent for none;
   *   features that are masked or have a pooled vector are a record: { tokens, lengths }, { tokens, pooled } or { tokens, lengths, pooled },
   *   lengths i32 [n] and pooled f32 [n, pooled]. Masked words end with the last that is not word 0.
   *   A word or class outside its table gives NaN, as a kernel cannot throw.
   * @param options the scale of guidance, what is random in training, and what watches or changes what is inside
   * @throws DitError("shape") naming the operand, its shape and what would fit; DitError("weights") naming every parameter that this
   *   config has not, or has in another shape
   */
  apply(params: DitParams<K>, x: Tensor, t: Tensor, condition?: Condition, options?: ApplyOptions): Tensor;
}

const checkInputs = (
  config: ResolvedConfig,
  x: Tensor,
  t: Tensor,
  condition: Condition | undefined,
  options: ApplyOptions,
): void => {
  const { image, context } = config;
  const n = x?.shape?.[0] ?? 1;
  const frames = image.frames === undefined ? [] : [image.frames];
  const right = `f32${shown([n, image.channels, ...frames, image.height, image.width])}`;
  const [given, time] = [operandText(x), operandText(t)];
  must(given === right, "shape", `x is ${given}; the config's image takes ${right}.`);
  must(time === `f32[${n}]`, "shape", `t is ${time}; x has a batch of ${n} and takes one time each, f32[${n}].`);
  checkCondition(context, n, condition);
  checkApplyOptions(config, n, options);
};

/**
 * Builds a model from the config that `@isoflop/flops` counts.
 *
 * @throws FlopsError("config") naming a wrong field, its value and what would be right; DitError("config") for a model that can be
 *   counted but not built, or an option that is wrong
 */
export const dit = <K extends Conditioning>(
  config: DitConfig & { readonly conditioning: K },
  options: DitOptions = {},
): Dit<K> => {
  const resolved = resolveAs(config);
  checkBuildable(config);
  checkDitOptions(resolved, options);
  const named = namedSpecs(specsOf(resolved));
  return {
    config,
    init: (key) => buildParams(resolved, drawFrom(key, named.length)),
    apply(params, x, t, condition, given = {}) {
      checkInputs(resolved, x, t, condition, given);
      checkParams(resolved, named, params);
      const features = given.timeFeatures ?? timeFeatures(t, resolved.timeScale, resolved.timeFeatures);
      return predict(resolved, params, x, features, condition, runOf(options, given), given.guidance);
    },
  };
};
