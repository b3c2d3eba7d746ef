import { finalNorm, mlp, type Stream, selfAttention } from "../blocks.js";
import type { ResolvedConfig } from "../config.js";
import { contextTokens, finalLinear, type Layer, patchEmbedding, timeEmbedding } from "../layers.js";

/**
 * Pre-norm transformer over [time, context, image] tokens, read out at the image tokens: S = 1 + X + T; or X + T with time added to
 * each of them.
 */
export const inContext = (c: ResolvedConfig): Layer[] => {
  const rows = c.timeTokens + c.contextTokens + c.imageTokens;
  const stream: Stream = { prefix: "blocks.*", rows, times: c.depth, modulation: "none" };
  return [
    ...patchEmbedding(c),
    ...timeEmbedding(c),
    ...contextTokens(c),
    ...selfAttention(c, stream),
    ...mlp(c, stream),
    ...finalNorm(c, false),
    finalLinear(c),
  ];
};
