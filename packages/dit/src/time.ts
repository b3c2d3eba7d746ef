import type { ResolvedConfig } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { smallNormal } from "./initializers.js";
import type { SpecsOf } from "./spec.js";
import { type VectorMlp, vectorMlp, vectorMlpSpecs } from "./vector-mlp.js";

/** DiT's TimestepEmbedder. */
export interface TimeEmbedder {
  readonly mlp: VectorMlp;
}

export const timeMlpSpecs = ({ width, timeFeatures }: ResolvedConfig): SpecsOf<VectorMlp> =>
  vectorMlpSpecs("timeEmbedding", timeFeatures, width, smallNormal);

export const timeSpecs = (config: ResolvedConfig): SpecsOf<TimeEmbedder> => ({ mlp: timeMlpSpecs(config) });

/** Features of time [n, 256] to one vector per sample, [n, width], to which that of guidance is added where there is one. */
export const embedTime = ({ mlp }: TimeEmbedder, features: Tensor, guidance?: Tensor): Tensor => {
  const vector = vectorMlp(mlp, features);
  return guidance ? vector.add(guidance) : vector;
};

/**
 * Where time reaches the blocks as a token or added to what they transform (`time` of the config): the tokens before the others, and
 * the sequence. The vector is [n, d], the sequence [n, tokens, d].
 */
export const withTime = (
  { timeTokens, width }: ResolvedConfig,
  vector: Tensor,
): { readonly tokens: readonly Tensor[]; readonly addTo: (sequence: Tensor) => Tensor } => {
  const token = vector.reshape([vector.shape[0]!, 1, width]);
  return timeTokens === 1
    ? { tokens: [token], addTo: (sequence) => sequence }
    : { tokens: [], addTo: (sequence) => sequence.add(token) };
};
