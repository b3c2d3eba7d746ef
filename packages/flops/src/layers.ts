import type { Elementwise, Linear, Norm, Operation } from "./operations.js";
import { labelRows, type NormKind, patchSize, positionTableOf, type Resolved } from "./resolved.js";

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

/** An affine layer norm has a scale and a shift, an affine root-mean-square norm a scale alone. */
export const norm = (
  role: Norm["role"],
  rows: number,
  width: number,
  affine: boolean,
  kind: NormKind = "layer",
): Operation => ({
  kind: "norm",
  role,
  rows,
  width,
  parameters: affine ? (kind === "layer" ? 2 : 1) * width : 0,
});

export const pointwise = (role: Elementwise["role"], elements: number): Elementwise => ({
  kind: "elementwise",
  role,
  elements,
});

/** Patch projection, the table of image positions and the registers, alike in every architecture. */
export const patchEmbedding = (c: Resolved): Layer[] => {
  const at = (name: string) => under(name, "patchEmbedding");
  const { width, imageTokens, registers } = c;
  const table = positionTableOf(c);
  const trainable = table === "learned";
  const positions: Operation = { kind: "table", role: "positions", entries: imageTokens, width, trainable };
  const learned: Operation = { kind: "table", role: "registers", entries: registers, width, trainable: true };
  return [
    at("x_embedder")("proj", linear(imageTokens, c.image.channels * patchSize(c), width, false)),
    ...(table ? [at("pos_embed")("", positions)] : []),
    ...(registers > 0 ? [at("register")("", learned)] : []),
  ];
};

/** Linear–SiLU–Linear on `inputs` features that need no gradient: time, and MM-DiT's pooled text. */
export const vectorMlp = (
  prefix: string,
  part: Part,
  inputs: number,
  c: Resolved,
  names: readonly [first: string, act: string, last: string] = ["0", "1", "2"],
): Layer[] => {
  const at = under(prefix, part);
  return [
    at(names[0], linear(1, inputs, c.width, false)),
    at(names[1], pointwise("activation", c.width)),
    at(names[2], linear(1, c.width, c.width)),
  ];
};

/** Time's vector, and that of guidance where the model takes its scale. */
export const timeEmbedding = (c: Resolved): Layer[] => [
  ...vectorMlp("t_embedder.mlp", "timeEmbedding", c.timeFeatures, c),
  ...(c.guidance
    ? vectorMlp("guidance_in", "timeEmbedding", c.timeFeatures, c, ["in_layer", "silu", "out_layer"])
    : []),
];

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
  under("final_layer", "finalLayer")("linear", linear(c.imageTokens, c.width, c.outChannels * patchSize(c)));
