import { kind, positive } from "@isoflop/spec";
import * as v from "valibot";
import { maker } from "../checks.js";
import { harmonic, type Weighting } from "../weighting.js";

export const minSnrKind = kind({
  name: "minSnr",
  options: { gamma: v.optional(positive, 5) },
  build: ({ gamma }): Weighting => ({
    name: `min-SNR ${gamma}`,
    weight: (m, unit) => m.min(unit("noise"), m.mul(unit("data"), gamma)),
  }),
});

export const softMinSnrKind = kind({
  name: "softMinSnr",
  options: { sigmaData: v.optional(positive, 1) },
  build: ({ sigmaData }): Weighting => ({
    name: `soft min-SNR ${sigmaData}`,
    weight: (m, unit) => harmonic(m, unit("noise"), m.mul(unit("data"), sigmaData ** -2)),
  }),
});

const [make, makeSoft] = [maker(minSnrKind), maker(softMinSnrKind)];

/** min(SNR, γ) on data, γ = 5 unless told (Hang et al., arXiv 2303.09556). @throws DiffusionError("option") unless gamma > 0 */
export const minSnr = (gamma?: number): Weighting => make({ gamma });

/** 1 / (1 / SNR + σ_data²) on data, σ_data = 1 unless told: min-SNR without its corner (k-diffusion). @throws DiffusionError("option") unless sigmaData > 0 */
export const softMinSnr = (sigmaData?: number): Weighting => makeSoft({ sigmaData });
