import { blockStream, crossAttention, finalNorm, mlp, modulation, selfAttention } from "../blocks.js";
import {
  contextTokens,
  finalLinear,
  type Layer,
  linear,
  patchEmbedding,
  pointwise,
  timeEmbedding,
  under,
} from "../layers.js";
import type { Resolved } from "../resolved.js";
import type { Architecture } from "./architecture.js";

/** PixArt's caption MLP, Linear–GELU–Linear per token; words and labels are looked up at full width. */
const captionTokens = (c: Resolved): Layer[] => {
  if (c.context.kind !== "features") return contextTokens(c);
  const { tokens, dim } = c.context;
  const at = under("y_embedder.y_proj", "contextEmbedding");
  return [
    at("fc1", linear(tokens, dim, c.width, false)),
    at("act", pointwise("activation", tokens * c.width)),
    at("fc2", linear(tokens, c.width, c.width)),
  ];
};

const sharedTable = (c: Resolved, prefix: string, entries: number, times: number): Layer =>
  under(
    prefix,
    "modulation",
    times,
  )("scale_shift_table", {
    kind: "table",
    role: "modulation",
    entries,
    width: c.width,
    trainable: true,
  });

const layers = (c: Resolved): Layer[] => {
  const stream = blockStream(c, "shiftScaleGate");
  return [
    ...patchEmbedding(c),
    ...timeEmbedding(c),
    ...captionTokens(c),
    ...modulation(c, "t_block", 6),
    sharedTable(c, "blocks.*", 6, c.depth),
    ...selfAttention(c, stream),
    ...crossAttention(c, stream, c.contextTokens, false),
    ...mlp(c, stream),
    sharedTable(c, "final_layer", 2, 1),
    ...finalNorm(c, true),
    finalLinear(c),
  ];
};

/**
 * PixArt-α: one modulation of time for all blocks plus a (6, d) table per block; un-normed cross-attention to context (arXiv 2310.00426).
 */
export const adaLNSingle = {
  name: "adaLNSingle",
  words: "transformer with one adaLN for all blocks and cross-attention",
  readsTime: false,
  readsContext: "always",
  crossAttends: true,
  takesPooled: false,
  layers,
} as const satisfies Architecture;
