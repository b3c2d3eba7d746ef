import { blockStream, finalNorm, type Modulation, mlp, modulation, selfAttention } from "../blocks.js";
import { classTable, finalLinear, type Layer, linear, patchEmbedding, timeEmbedding, under } from "../layers.js";
import { labelRows, type Resolved } from "../resolved.js";
import type { Architecture } from "./architecture.js";

/** One context vector per sample: a label's row, the mean of the word rows, or a projection of the mean feature. */
const contextVector = (c: Resolved): Layer[] => {
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

const modulated = (vectors: 4 | 6, kind: Modulation) => (c: Resolved) => {
  const stream = blockStream(c, kind);
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

const architecture = <const N extends string>(name: N, words: string, layers: Architecture["layers"]) =>
  ({
    ...{ name, words, layers },
    readsTime: false,
    readsContext: "never",
    takesPooled: false,
  }) as const satisfies Architecture;

/**
 * Shift and scale of each norm from one vector per sample, SiLU(time + context), once per sample and not per token: 6ND does not see that
 * (DiT section 3.2).
 */
export const adaLN = architecture("adaLN", "adaLN transformer", modulated(4, "shiftScale"));

/** The same with a gate on each branch that starts at zero. */
export const adaLNZero = architecture("adaLNZero", "adaLN-Zero transformer", modulated(6, "shiftScaleGate"));
