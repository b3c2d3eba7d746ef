import type { ResolvedConfig } from "@isoflop/flops";
import { linear, type Tensor, take } from "@isoflop/tensor";
import { type ClassContext, contextSpecs, type FeatureContext, type NoContext, tableSpecs } from "./context.js";
import { meanOf } from "./lengths.js";
import type { SpecsOf } from "./spec.js";

/** Words without positions: a mean does not know their order. */
export interface WordMeanContext {
  readonly context_embedder: { readonly embedding_table: { readonly weight: Tensor } };
}

export type ContextVectorParams = NoContext | ClassContext | WordMeanContext | FeatureContext;

export const contextVectorSpecs = (config: ResolvedConfig): SpecsOf<ContextVectorParams> =>
  config.context.kind === "words"
    ? { context_embedder: tableSpecs(config.context.vocabulary, config.width) }
    : contextSpecs(config);

/**
 * Context as one vector per sample, [n, width]: the label's row, the mean of the words' rows, or the projection of the mean
 * feature; means are over the first `lengths` tokens where those are given. Undefined where the model is told nothing.
 */
export const embedContextVector = (
  params: ContextVectorParams,
  condition: Tensor | undefined,
  lengths: Tensor | undefined,
): Tensor | undefined => {
  if (condition === undefined) return undefined;
  if ("y_embedder" in params) return take(params.y_embedder.embedding_table.weight, condition);
  if (!("context_embedder" in params)) return undefined;
  const embedder = params.context_embedder;
  // Mean and projection commute; the mean first costs one product per sample and not one per token.
  if ("weight" in embedder) return linear(meanOf(condition, lengths), embedder.weight, embedder.bias);
  return meanOf(take(embedder.embedding_table.weight, condition), lengths);
};
