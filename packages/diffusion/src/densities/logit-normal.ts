import { number, positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { defineDensity } from "../density.js";
import { normalQuantile } from "../normal-quantile.js";

/**
 * The logistic of a normal (SD3, arXiv 2403.03206, equation 19). Mean above 0 favours noise.
 * @throws DiffusionError("option") unless std > 0
 */
export const logitNormal = part({
  name: "logitNormal",
  options: { mean: v.optional(number(), 0), std: v.optional(positive, 1) },
  build: ({ mean, std }) =>
    defineDensity(
      `logit-normal(${mean}, ${std})`,
      (m, u) => m.div(1, m.add(1, m.exp(m.sub(-mean, m.mul(normalQuantile(m, u), std))))),
      (t) => {
        const z = (Math.log(t / (1 - t)) - mean) / std;
        return Math.exp(-(z ** 2) / 2) / (std * Math.sqrt(2 * Math.PI) * t * (1 - t));
      },
    ),
});
