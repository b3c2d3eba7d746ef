import type { ResolvedConfig } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { smallNormal } from "./laws.js";
import type { SpecsOf } from "./spec.js";
import { featureCount } from "./time-features.js";
import { type VectorMlp, vectorMlp, vectorMlpSpecs } from "./vector-mlp.js";

/** DiT's TimestepEmbedder. */
export interface TimeEmbedder {
  readonly mlp: VectorMlp;
}

export const timeMlpSpecs = ({ width }: ResolvedConfig): SpecsOf<VectorMlp> =>
  vectorMlpSpecs("timeEmbedding", featureCount, width, smallNormal);

export const timeSpecs = (config: ResolvedConfig): SpecsOf<TimeEmbedder> => ({ mlp: timeMlpSpecs(config) });

/** Features of time [n, 256] to one vector per sample, [n, width]. */
export const embedTime = ({ mlp }: TimeEmbedder, features: Tensor): Tensor => vectorMlp(mlp, features);
