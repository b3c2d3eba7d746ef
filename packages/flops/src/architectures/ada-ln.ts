import { finalNorm, type Modulation, mlp, modulation, type Stream, selfAttention } from "../blocks.js";
import { labelRows, type ResolvedConfig } from "../config.js";
import { classTable, finalLinear, type Layer, linear, patchEmbedding, timeEmbedding, under } from "../layers.js";

/** One context vector per sample: a label's row, the mean of the word rows, or a projection of the mean feature. */
const contextVector = (c: ResolvedConfig): Layer[] => {
  const { context, width } = c;
  const at = under("context_embedder", "contextEmbedding");
  switch (context.kind) {
    case "none":
      return [];
    case "classes":
      return [classTable(labelRows(context), width)];
    case "words":
      return [at("embedding_table", { kind: "lookup", rows: context.tokens, entries: context.vocabulary, width })];
    case "features":
      return [at("", linear(1, context.dim, width, false))];
  }
};

/** Modulation from SiLU(time + context), once per sample, not per token: 6ND does not see that. */
const modulated = (vectors: 4 | 6, kind: Modulation) => (c: ResolvedConfig) => {
  const stream: Stream = { prefix: "blocks.*", rows: c.imageTokens, times: c.depth, modulation: kind };
  return [
    ...patchEmbedding(c),
    ...timeEmbedding(c),
    ...contextVector(c),
    ...modulation(c, "blocks.*.adaLN_modulation", vectors, c.depth),
    ...selfAttention(c, stream),
    ...mlp(c, stream),
    ...modulation(c, "final_layer.adaLN_modulation", 2),
    ...finalNorm(c, true),
    finalLinear(c),
  ];
};

export const adaLN = modulated(4, "shiftScale");
export const adaLNZero = modulated(6, "shiftScaleGate");
