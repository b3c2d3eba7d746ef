import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import type { Weighting } from "../weighting.js";

/** SNR + 1 / σ_data² on data, σ_data = 0.5 unless told (Karras et al., arXiv 2206.00364, table 1). @throws DiffusionError("option") unless sigmaData > 0 */
export const edmWeighting = part({
  name: "edm",
  options: { sigmaData: v.optional(positive, 0.5) },
  named: (sigmaData?: number) => ({ sigmaData }),
  build: ({ sigmaData }): Weighting => ({
    name: `EDM ${sigmaData}`,
    weight: (m, unit) => m.add(unit("noise"), m.mul(unit("data"), sigmaData ** -2)),
  }),
});
