import type { Elementwise, Linear, Norm, Operation } from "./operations.js";
import { labelRows, type Resolved } from "./resolved.js";

/** Where a layer's work is booked. Norms and elementwise work are booked with the layer they serve. */
export const parts = [
  "patchEmbedding",
  "timeEmbedding",
  "contextEmbedding",
  "modulation",
  "attentionProjections",
  "attentionProducts",
  "crossAttentionProjections",
  "crossAttentionProducts",
  "mlp",
  "finalLayer",
] as const;
export type Part = (typeof parts)[number];

/** An operation with its place in the model. `times` copies of it exist, one per block, or one. */
export interface Layer {
  /** Name in the official code's spelling; `blocks.*` stands for every block. */
  readonly path: string;
  readonly part: Part;
  readonly times: number;
  readonly operation: Operation;
  /** Of a mixture's experts: the layer that is left if each token meets its active experts, and no room for tokens stands empty. */
  readonly active?: Pick<Layer, "times" | "operation">;
}

/** Length of the sine-cosine time features in the official code. */
export const timeFeatures = 256;

export type At = (name: string, operation: Operation) => Layer;

/** A writer of layers under one path: `at("attn.qkv", …)` gives `blocks.*.attn.qkv`. */
export const under =
  (prefix: string, part: Part, times = 1): At =>
  (name, operation) => ({ path: name === "" ? prefix : `${prefix}.${name}`, part, times, operation });

export const linear = (rows: number, inputs: number, outputs: number, inputGradient = true): Linear => ({
  kind: "linear",
  rows,
  inputs,
  outputs,
  bias: true,
  inputGradient,
});

export const norm = (role: Norm["role"], rows: number, width: number, affine: boolean): Operation => ({
  kind: "norm",
  role,
  rows,
  width,
  parameters: affine ? 2 * width : 0,
});

export const pointwise = (role: Elementwise["role"], elements: number): Operation => ({
  kind: "elementwise",
  role,
  elements,
});

/** Patch projection and image positions, alike in every architecture. */
export const patchEmbedding = (c: Resolved): Layer[] => {
  const at = under("x_embedder", "patchEmbedding");
  return [
    at("proj", linear(c.imageTokens, c.image.channels * c.patch ** 2, c.width, false)),
    under("pos_embed", "patchEmbedding")("", {
      kind: "table",
      role: "positions",
      entries: c.imageTokens,
      width: c.width,
      trainable: c.positions === "learned",
    }),
  ];
};

/** Linear–SiLU–Linear on `inputs` features that need no gradient: time, and MM-DiT's pooled text. */
export const vectorMlp = (prefix: string, part: Part, inputs: number, c: Resolved): Layer[] => {
  const at = under(prefix, part);
  return [
    at("0", linear(1, inputs, c.width, false)),
    at("1", pointwise("activation", c.width)),
    at("2", linear(1, c.width, c.width)),
  ];
};

export const timeEmbedding = (c: Resolved): Layer[] => vectorMlp("t_embedder.mlp", "timeEmbedding", timeFeatures, c);

/** Context as one width-d vector per token: a row of a table, or a projection of the given features. */
export const contextTokens = (c: Resolved): Layer[] => {
  const { context, width } = c;
  const at = under("context_embedder", "contextEmbedding");
  switch (context.kind) {
    case "none":
      return [];
    case "classes":
      return [classTable(labelRows(context), width)];
    case "words":
      return [
        at("embedding_table", { kind: "lookup", rows: context.tokens, entries: context.vocabulary, width }),
        at("pos_embed", { kind: "table", role: "positions", entries: context.tokens, width, trainable: true }),
      ];
    case "features":
      return [at("", linear(context.tokens, context.dim, width, false))];
  }
};

export const classTable = (entries: number, width: number): Layer =>
  under("y_embedder", "contextEmbedding")("embedding_table", { kind: "lookup", rows: 1, entries, width });

/** Output projection to patches of `outChannels`. */
export const finalLinear = (c: Resolved): Layer =>
  under("final_layer", "finalLayer")("linear", linear(c.imageTokens, c.width, c.outChannels * c.patch ** 2));
