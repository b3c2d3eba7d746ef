import { crossAttention as attendTo, finalNorm, mlp, type Stream, selfAttention } from "../blocks.js";
import type { ResolvedConfig } from "../config.js";
import { contextTokens, finalLinear, type Layer, patchEmbedding, timeEmbedding } from "../layers.js";

/** Self-attention, cross-attention to [time, context] tokens, MLP; a norm before each and no modulation anywhere. */
export const crossAttention = (c: ResolvedConfig): Layer[] => {
  const stream: Stream = { prefix: "blocks.*", rows: c.imageTokens, times: c.depth, modulation: "none" };
  return [
    ...patchEmbedding(c),
    ...timeEmbedding(c),
    ...contextTokens(c),
    ...selfAttention(c, stream),
    ...attendTo(c, stream, c.timeTokens + c.contextTokens, true),
    ...mlp(c, stream),
    ...finalNorm(c, false),
    finalLinear(c),
  ];
};
