import { positive } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { harmonic, type Weighting } from "../weighting.js";

/** min(SNR, γ) on data, γ = 5 unless told (Hang et al., arXiv 2303.09556). @throws DiffusionError("option") unless gamma > 0 */
export const minSnr = part({
  name: "minSnr",
  options: { gamma: v.optional(positive, 5) },
  named: (gamma?: number) => ({ gamma }),
  build: ({ gamma }): Weighting => ({
    name: `min-SNR ${gamma}`,
    weight: (m, unit) => m.min(unit("noise"), m.mul(unit("data"), gamma)),
  }),
});

/** 1 / (1 / SNR + σ_data²) on data, σ_data = 1 unless told: min-SNR without its corner (k-diffusion). @throws DiffusionError("option") unless sigmaData > 0 */
export const softMinSnr = part({
  name: "softMinSnr",
  options: { sigmaData: v.optional(positive, 1) },
  named: (sigmaData?: number) => ({ sigmaData }),
  build: ({ sigmaData }): Weighting => ({
    name: `soft min-SNR ${sigmaData}`,
    weight: (m, unit) => harmonic(m, unit("noise"), m.mul(unit("data"), sigmaData ** -2)),
  }),
});
