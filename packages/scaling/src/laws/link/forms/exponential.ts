import * as v from "valibot";
import { extent } from "../../../math/extent.js";
import { share } from "../choices.js";
import type { LinkForm } from "../form.js";

/** Top-1 error, which goes to that of chance as the loss rises (Gadre et al. 2024, 2403.08540, eq. 5). */
export const exponential: LinkForm = {
  name: "exponential",
  formula: "m = ceiling − e^(lnK − gamma · L)",
  options: {
    ceiling: v.exactOptional(
      share("the metric where the loss is large, as 1 − 1/classes of an error; fitted where it is not given"),
    ),
  },
  parameters: ({ ceiling }) => (ceiling === undefined ? ["lnK", "gamma", "ceiling"] : ["lnK", "gamma"]),
  value: ([lnK, gamma, fitted], loss, { ceiling = fitted }) => ceiling! - Math.exp(lnK! - gamma! * loss),
  starts: (loss, metric, { ceiling }) => {
    const [low, high] = extent(metric);
    const [first, last] = extent(loss);
    const range = high - low || Math.abs(high) || 1;
    const top = ceiling ?? high + 0.05 * range;
    return [0.3, 1, 3, 10].map((steep) => {
      const gamma = steep / (last - first);
      const free = [Math.log(Math.max(top - low, 0.05 * range)) + gamma * first, gamma];
      return ceiling === undefined ? [...free, top] : free;
    });
  },
};
