import { crossAttention as attendTo, blockStream, finalNorm, mlp, selfAttention } from "../blocks.js";
import { contextTokens, finalLinear, type Layer, patchEmbedding, timeEmbedding } from "../layers.js";
import type { Resolved } from "../resolved.js";
import type { Architecture } from "./architecture.js";

const layers = (c: Resolved): Layer[] => {
  const stream = blockStream(c, "none");
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

/** Self-attention, cross-attention to [time, context] tokens, MLP; a norm before each and no modulation anywhere (DiT section 3.2). */
export const crossAttention = {
  name: "crossAttention",
  words: "cross-attention transformer",
  readsTime: true,
  readsContext: "or time",
  crossAttends: true,
  takesPooled: false,
  layers,
} as const satisfies Architecture;
