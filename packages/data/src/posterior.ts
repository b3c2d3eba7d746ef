/** What is seen of an image: its caption, and alpha · image + sigma · noise with normal noise of variance 1. */
export interface NoisyImage {
  /** `[captionLength]`, word ids as a batch has them. */
  readonly caption: ArrayLike<number>;
  /** As many values as an image has, in its order. */
  readonly noisy: ArrayLike<number>;
  /** At least 0. */
  readonly alpha: number;
  /** Above 0. */
  readonly sigma: number;
}

/**
 * What images are, given their captions, by one prior that is known in full. Its mean is the prediction of least squared error: no network
 * that is told the caption, the noisy image and the noise level has a lower expected error on images of that prior.
 */
export interface Posterior {
  /**
   * E[image | caption, noisy image], in float64.
   * @param out as many values as an image has; filled
   * @throws RangeError for a caption that no image of the prior has, a sigma that is not above 0, or lists of the wrong length
   */
  mean(seen: NoisyImage, out: Float64Array): void;
}
