import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { definePath } from "../path.js";

/**
 * EDM's: x + σ noise with σ = sigmaMax · t, so that time is σ itself, in units of the largest (Karras et al., arXiv 2206.00364, table 1).
 * @throws DiffusionError("option") unless sigmaMax > 0
 */
export const edmPath = part({
  name: "edm",
  options: { sigmaMax: v.optional(positive, 80) },
  build: ({ sigmaMax }) =>
    definePath(
      `EDM ${sigmaMax}`,
      (m, t) => ({ alpha: 1, sigma: m.mul(t, sigmaMax), alphaDot: 0, sigmaDot: sigmaMax }),
      (m, ratio) => m.div(ratio, sigmaMax),
    ),
});
