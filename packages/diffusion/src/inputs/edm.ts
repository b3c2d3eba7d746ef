import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import type { NetworkInputs } from "../inputs.js";
import { logRatioOf } from "../noise-to-signal.js";
import { dataDeviation } from "../prediction.js";

/**
 * EDM's c_in and c_noise (arXiv 2206.00364, table 1): x_t over its standard deviation for data of `sigmaData`, and log(σ / α) / 4, about -1.5 to
 * 1.1 on its path.
 * @throws DiffusionError("option") unless sigmaData > 0
 */
export const edmInputs = part({
  name: "edm",
  options: { sigmaData: v.optional(positive, 0.5) },
  build: ({ sigmaData }): NetworkInputs => ({
    name: `EDM ${sigmaData}`,
    at: (m, c, _) => ({
      scale: m.div(1, dataDeviation(m, c, sigmaData)),
      time: m.mul(logRatioOf(m, c), 0.25),
    }),
  }),
});
