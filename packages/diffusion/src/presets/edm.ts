import { number, positive } from "@isoflop/spec";
import * as v from "valibot";
import { type Uncertainty, uncertaintySchema } from "../losses/uncertainty.js";
import { preset } from "./preset.js";

const parts = (options: { sigmaData: number; mean: number; std: number; sigmaMax: number }) => {
  const { sigmaData, mean, std, sigmaMax } = options;
  return {
    path: { kind: "edm" as const, sigmaMax },
    prediction: { kind: "F" as const, sigmaData },
    density: { kind: "logNormalSigma" as const, mean, std },
    inputs: { kind: "edm" as const, sigmaData },
  };
};

const options = (mean: number, std: number) => ({
  sigmaData: v.optional(positive, 0.5),
  mean: v.optional(number(), mean),
  std: v.optional(positive, std),
  sigmaMax: v.optional(positive, 80),
});

/**
 * EDM (Karras et al., arXiv 2206.00364, table 1): data + σ noise with log-normal σ, and F with its inputs, in which the loss has weight 1 because that
 * is (σ² + sigmaData²) / (σ sigmaData)² on data.
 */
export const edm = preset({
  name: "edm",
  about: "EDM: log-normal σ, preconditioned",
  options: options(-1.2, 1.2),
  parts,
});

/**
 * EDM2's (Karras et al., arXiv 2312.02696, table 6): EDM at larger σ. `uncertainty: {}` is its weighting by what is learnt of the loss, equations 21 and 22, which
 * its authors train with.
 */
export const edm2 = preset({
  name: "edm2",
  about: "EDM2: EDM at larger σ",
  options: { ...options(-0.4, 1), uncertainty: v.exactOptional(uncertaintySchema) },
  parts: ({ uncertainty, ...told }: Parameters<typeof parts>[0] & { readonly uncertainty?: Uncertainty }) => ({
    ...parts(told),
    ...(uncertainty && { uncertainty }),
  }),
});
