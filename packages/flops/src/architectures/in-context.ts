import { blockStream, finalNorm, mlp, type Stream, selfAttention } from "../blocks.js";
import { contextTokens, finalLinear, type Layer, patchEmbedding, timeEmbedding } from "../layers.js";
import type { Resolved } from "../resolved.js";
import type { Architecture } from "./architecture.js";

const layers = (c: Resolved): Layer[] => {
  const images = blockStream(c, "none");
  const stream: Stream = { ...images, rows: c.timeTokens + c.contextTokens + images.rows };
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

/**
 * Pre-norm transformer over [time, registers, context, image] tokens in one sequence, read out at the image tokens: S = 1 + X + T; or X + T with time
 * added to each of them (DiT section 3.2; the choice of arXiv 2410.08184).
 */
export const inContext = {
  name: "inContext",
  words: "in-context transformer",
  readsTime: true,
  readsContext: "where given",
  takesPooled: false,
  layers,
} as const satisfies Architecture;
