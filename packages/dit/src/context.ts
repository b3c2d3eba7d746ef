import { labelRows, type ResolvedConfig } from "@isoflop/flops";
import { linear, type Tensor, take } from "@isoflop/tensor";
import { smallNormal, xavier } from "./initializers.js";
import { type Linear, linearSpec, Spec, type SpecsOf } from "./spec.js";

/** Classes: a table with one more row, the last, for "no label", unless the config leaves it out. */
export interface ClassContext {
  readonly y_embedder: { readonly embedding_table: { readonly weight: Tensor } };
}

/** Words: a table, and a learned position per token. */
export interface WordContext {
  readonly context_embedder: {
    readonly embedding_table: { readonly weight: Tensor };
    readonly pos_embed: Tensor;
  };
}

/** Vectors of a frozen encoder: a projection. */
export interface FeatureContext {
  readonly context_embedder: Linear;
}

export type NoContext = Readonly<Record<never, Tensor>>;

export type ContextParams = NoContext | ClassContext | WordContext | FeatureContext;

const part = "contextEmbedding";

export const tableSpecs = (rows: number, width: number) => ({
  embedding_table: { weight: new Spec([rows, width], smallNormal, part, "table") },
});

export const contextSpecs = ({ context, width }: ResolvedConfig): SpecsOf<ContextParams> => {
  switch (context.kind) {
    case "none":
      return {};
    case "classes":
      return { y_embedder: tableSpecs(labelRows(context), width) };
    case "words": {
      const positions = new Spec([1, context.tokens, width], smallNormal, part, "table");
      return { context_embedder: { ...tableSpecs(context.vocabulary, width), pos_embed: positions } };
    }
    case "features":
      return { context_embedder: linearSpec(part, context.dim, width, xavier(context.dim, width), "input") };
  }
};

/** Context as one vector per token, [n, tokens, width]; undefined where the model is told nothing. */
export const embedContext = (params: ContextParams, condition: Tensor | undefined): Tensor | undefined => {
  if (condition === undefined) return undefined;
  // Tokens first: MM-DiT's pooled vector goes by the name y_embedder too.
  if ("context_embedder" in params) {
    const embedder = params.context_embedder;
    if ("weight" in embedder) return linear(condition, embedder.weight, embedder.bias);
    return take(embedder.embedding_table.weight, condition).add(embedder.pos_embed);
  }
  if (!("y_embedder" in params)) return undefined;
  const rows = take(params.y_embedder.embedding_table.weight, condition);
  return rows.reshape([rows.shape[0]!, 1, rows.shape[1]!]);
};
