import { tensors } from "./arithmetic.js";
import { checkNetwork, checkPrediction } from "./checks.js";
import type { NetworkReading } from "./course.js";
import type { Conditional } from "./inputs.js";
import { checkReading } from "./objective.js";
import { besideBatch } from "./path.js";
import { convert } from "./prediction.js";

/**
 * A denoiser of one path and prediction as one of another: it is asked at the time of its own path where noise stands to signal as it does here, for
 * x_t scaled to be as there, and its answer is carried over by EDM's F, which a path has no part in and which is finite at both ends (Karras et al.,
 * arXiv 2206.00364, section 3, who run networks of VP and VE by one sampler). With it, networks of unlike objectives are sampled and measured alike.
 *
 * Not for times at which alpha is 0, such as t = 1 of the linear path, nor beyond the noise that its own path has: it is then asked at that path's end.
 *
 * @throws DiffusionError("shape") for an answer that is no prediction, ("option") for a path without a formula for the time of a ratio
 */
export const translated = <R extends readonly unknown[]>(
  model: Conditional<R>,
  from: NetworkReading,
  to: NetworkReading,
): Conditional<R> => {
  checkNetwork("translated", model);
  checkReading("translated: from", from);
  checkReading("translated: to", to);
  return (x, t, ...rest) => {
    const here = to.path.at(t);
    const ratio = tensors.div(here.sigma, here.alpha);
    const time = tensors.max(tensors.min(from.path.timeAt(ratio), 1), 0);
    const there = from.path.at(time);
    const y = there.alpha === here.alpha ? x : tensors.mul(x, besideBatch(tensors.div(there.alpha, here.alpha), x));
    const answer = model(y, time, ...rest);
    checkPrediction(answer, x);
    const carried = convert(from.path, { from: from.prediction, to: "F" }, answer, y, besideBatch(time, x));
    return convert(to.path, { from: "F", to: to.prediction }, carried, x, besideBatch(t, x));
  };
};
