import { defineDensity } from "@isoflop/diffusion";
import { kind, positive } from "@isoflop/spec";
import * as v from "valibot";

/**
 * Times near noise more often than times near data: t is Beta(alpha, 1), as in π0 (arXiv 2410.24164, appendix B, which counts time the
 * other way). 1 is uniform.
 */
export const density = kind({
  name: "noisier",
  about: "t is Beta(alpha, 1): more of the noisy end",
  options: { alpha: v.optional(positive, 1.5) },
  build: ({ alpha }) =>
    defineDensity(
      `noisier(${alpha})`,
      // u^(1 / alpha), which is 0 at 0 and not NaN.
      (m, u) => m.exp(m.div(m.log(u), alpha)),
      (t) => alpha * t ** (alpha - 1),
    ),
});
