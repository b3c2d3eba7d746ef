import { kind, number } from "@isoflop/spec";
import * as v from "valibot";
import { maker } from "../checks.js";
import { harmonic, type Weighting } from "../weighting.js";

export const sigmoidKind = kind({
  name: "sigmoid",
  options: { bias: v.optional(number(), 0) },
  build: ({ bias }): Weighting => ({
    name: `sigmoid ${bias}`,
    weight: (m, unit) => harmonic(m, unit("noise"), m.mul(unit("data"), Math.exp(bias))),
  }),
});

const make = maker(sigmoidKind, "sigmoidWeighting");

/** sigmoid(bias - log SNR) on noise, bias 0 unless told (Hoogeboom et al., arXiv 2410.19324). @throws DiffusionError("option") unless bias is finite */
export const sigmoidWeighting = (bias?: number): Weighting => make({ bias });
