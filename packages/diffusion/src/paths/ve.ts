import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { must } from "../errors.js";
import { definePath } from "../path.js";

/**
 * Variance-exploding: x + σ noise, σ geometric from `sigmaMin` at t = 0, where some noise is left, to `sigmaMax` (arXiv 2011.13456, equation
 * 31).
 * @throws DiffusionError("option") unless 0 < sigmaMin < sigmaMax
 */
export const vePath = part({
  name: "ve",
  options: { sigmaMin: v.optional(positive, 0.02), sigmaMax: v.optional(positive, 100) },
  build({ sigmaMin, sigmaMax }) {
    const given = `sigmas are ${sigmaMin} and ${sigmaMax}`;
    must(sigmaMin < sigmaMax, "option", `vePath: ${given}; it takes 0 < sigmaMin < sigmaMax.`);
    const growth = Math.log(sigmaMax / sigmaMin);
    return definePath(
      "ve",
      (m, t) => {
        const sigma = m.mul(m.exp(m.mul(t, growth)), sigmaMin);
        return { alpha: 1, sigma, alphaDot: 0, sigmaDot: m.mul(sigma, growth) };
      },
      (m, ratio) => m.div(m.log(m.div(ratio, sigmaMin)), growth),
    );
  },
});
