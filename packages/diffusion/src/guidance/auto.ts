import type { Tensor } from "@isoflop/tensor";
import { checkNetwork } from "../checks.js";
import { checkGuidance, checkOutput, type GuidanceOptions, guide } from "./guide.js";

/** What both networks are given: parameters and conditions, each their own. */
export interface AutoguidanceInputs<I, W = I> {
  readonly inputs: I;
  readonly weaker: W;
}

/**
 * Autoguidance, w + scale (m - w): away from a weaker network of the same task, one that is smaller or less trained, which errs where the model
 * errs and further (Karras et al., arXiv 2406.02507, equation 3). Both have to predict the same thing; a prediction of the data changes as all
 * others do.
 *
 * @throws DiffusionError("shape") if an output is no prediction of x, ("option") for a scale that is not finite, an interval outside 0..1, or more
 * channels than x has
 */
export const autoguidance = <I, W = I>(
  model: (x: Tensor, t: Tensor, inputs: I) => Tensor,
  weaker: (x: Tensor, t: Tensor, inputs: W) => Tensor,
  options: GuidanceOptions,
) => {
  checkNetwork("autoguidance", model);
  checkNetwork("autoguidance", weaker, "weaker");
  checkGuidance("autoguidance", options);
  return (x: Tensor, t: Tensor, given: AutoguidanceInputs<I, W>): Tensor => {
    const [strong, weak] = [model(x, t, given.inputs), weaker(x, t, given.weaker)];
    for (const output of [strong, weak]) checkOutput(output, x);
    return guide(options, x, t, strong, weak);
  };
};
