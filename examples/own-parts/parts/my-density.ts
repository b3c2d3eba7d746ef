import { defineDensity } from "@isoflop/diffusion";
import { kind, number, positive } from "@isoflop/spec";
import * as v from "valibot";

/**
 * Times whose logit is a Laplace variable (arXiv 2407.03297, which has it in the log signal-to-noise ratio: for the linear path −2 logit t).
 * Sharper at its mode than the logit-normal, with heavier tails: the ends are still trained at.
 */
export const density = kind({
  name: "laplace",
  about: "the logit of t is Laplace",
  options: { mean: v.optional(number(), 0), scale: v.optional(positive, 0.5) },
  build: ({ mean, scale }) =>
    defineDensity(
      `laplace(${mean}, ${scale})`,
      (m, u) => {
        // One of the two is 0 on either side of the median.
        const below = m.log(m.min(m.mul(u, 2), 1));
        const above = m.log(m.min(m.mul(m.sub(1, u), 2), 1));
        const logit = m.add(m.mul(m.sub(below, above), scale), mean);
        return m.div(1, m.add(m.exp(m.mul(logit, -1)), 1));
      },
      (t) => {
        const logit = Math.log(t / (1 - t));
        return Math.exp(-Math.abs(logit - mean) / scale) / (2 * scale * t * (1 - t));
      },
    ),
});
