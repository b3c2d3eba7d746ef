import { number } from "@isoflop/spec";
import * as v from "valibot";
import { part } from "../checks.js";
import { harmonic, type Weighting } from "../weighting.js";

/** sigmoid(bias - log SNR) on noise, bias 0 unless told (Hoogeboom et al., arXiv 2410.19324). @throws DiffusionError("option") unless bias is finite */
export const sigmoidWeighting = part({
  name: "sigmoid",
  options: { bias: v.optional(number(), 0) },
  named: (bias?: number) => ({ bias }),
  build: ({ bias }): Weighting => ({
    name: `sigmoid ${bias}`,
    weight: (m, unit) => harmonic(m, unit("noise"), m.mul(unit("data"), Math.exp(bias))),
  }),
});
