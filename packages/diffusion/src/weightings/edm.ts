import { kind, positive } from "@isoflop/spec";
import * as v from "valibot";
import { maker } from "../checks.js";
import type { Weighting } from "../weighting.js";

export const edmKind = kind({
  name: "edm",
  options: { sigmaData: v.optional(positive, 0.5) },
  build: ({ sigmaData }): Weighting => ({
    name: `EDM ${sigmaData}`,
    weight: (m, unit) => m.add(unit("noise"), m.mul(unit("data"), sigmaData ** -2)),
  }),
});

const make = maker(edmKind, "edmWeighting");

/** SNR + 1 / σ_data² on data, σ_data = 0.5 unless told (Karras et al., arXiv 2206.00364, table 1). @throws DiffusionError("option") unless sigmaData > 0 */
export const edmWeighting = (sigmaData?: number): Weighting => make({ sigmaData });
