import type { ResolvedConfig } from "@isoflop/flops";
import { linear, mean, type Tensor, take } from "@isoflop/tensor";
import { type ClassContext, contextSpecs, type FeatureContext, type NoContext, tableSpecs } from "./context.js";
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
 * feature. Undefined where the model is told nothing.
 */
export const embedContextVector = (params: ContextVectorParams, condition: Tensor | undefined): Tensor | undefined => {
  if (condition === undefined) return undefined;
  if ("y_embedder" in params) return take(params.y_embedder.embedding_table.weight, condition);
  if (!("context_embedder" in params)) return undefined;
  const embedder = params.context_embedder;
  // Mean and projection commute; the mean first costs one product per sample and not one per token.
  if ("weight" in embedder) return linear(mean(condition, [1]), embedder.weight, embedder.bias);
  return mean(take(embedder.embedding_table.weight, condition), [1]);
};
