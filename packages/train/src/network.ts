import type { ApplyOptions } from "@isoflop/dit";
import type { random, Tensor } from "@isoflop/tensor";
import type { CaptionForm, Captions } from "./captions.js";
import type { ParameterRates } from "./groups.js";

/** A network that predicts from noisy images x [n, c, h, w], times t [n] and captions of the form it reads. `@isoflop/dit` makes some. */
export interface Network<P> {
  /** Default: words. */
  readonly reads?: CaptionForm;
  /** Factors on the learning rate and weight decay of its parameters, by which the groups of an optimizer are multiplied. Default: none. */
  readonly rates?: ParameterRates;
  /** u [n] of log(σ / alpha) [n], which an objective with `uncertainty` trains beside the prediction: `withLogVariance` gives a network one. */
  logVariance?(params: P, logSigma: Tensor): Tensor;
  init(key: random.Key): P;
  /** @param options given in training alone, see `ApplyOptions` of `@isoflop/dit`: a key for what is random, and who watches */
  apply(params: P, x: Tensor, t: Tensor, captions: Captions, options?: NetworkOptions): Tensor;
}

/** What a network may heed in training. */
export type NetworkOptions = Pick<ApplyOptions, "key" | "onActivation">;
