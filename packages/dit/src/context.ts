import type { Context, ResolvedConfig } from "@isoflop/flops";
import { linear, type Tensor, take } from "@isoflop/tensor";
import { DitError, shown } from "./errors.js";
import { smallNormal } from "./laws.js";
import { type Linear, linearSpec, Spec, type SpecsOf } from "./spec.js";

/** Classes: a table with one more row, the last, for "no label". */
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

export type ContextParams = Readonly<Record<never, Tensor>> | ClassContext | WordContext | FeatureContext;

const part = "contextEmbedding";
const table = (rows: number, width: number) => ({
  embedding_table: { weight: new Spec([rows, width], smallNormal, part, true) },
});

export const contextSpecs = ({ context, width }: ResolvedConfig): SpecsOf<ContextParams> => {
  switch (context.kind) {
    case "none":
      return {};
    case "classes":
      return { y_embedder: table(context.classes + 1, width) };
    case "words": {
      const positions = new Spec([1, context.tokens, width], smallNormal, part, true);
      return { context_embedder: { ...table(context.vocabulary, width), pos_embed: positions } };
    }
    case "features":
      return { context_embedder: linearSpec(part, context.dim, width) };
  }
};

/** What `condition` must be for a batch of n. */
const expected = (
  context: Context,
  n: number,
): { readonly dtype: "i32" | "f32"; readonly shape: readonly number[] } => {
  switch (context.kind) {
    case "words":
      return { dtype: "i32", shape: [n, context.tokens] };
    case "features":
      return { dtype: "f32", shape: [n, context.tokens, context.dim] };
    default:
      return { dtype: "i32", shape: [n] };
  }
};

/** @throws DitError("shape") unless the condition is what the config's context says. */
export const checkCondition = (context: Context, n: number, condition: Tensor | undefined): void => {
  if (context.kind === "none") {
    if (condition === undefined) return;
    throw new DitError("shape", `condition is ${condition.dtype}${shown(condition.shape)}; context "none" takes none.`);
  }
  const { dtype, shape } = expected(context, n);
  if (condition?.dtype === dtype && condition.shape.join() === shape.join()) return;
  const given = condition ? `${condition.dtype}${shown(condition.shape)}` : "missing";
  const right = `${dtype}${shown(shape)}`;
  throw new DitError("shape", `condition is ${given}; context "${context.kind}" takes ${right} for a batch of ${n}.`);
};

/** Context as one vector per token, [n, tokens, width]; undefined where the model is told nothing. */
export const embedContext = (params: ContextParams, condition: Tensor | undefined): Tensor | undefined => {
  if (condition === undefined) return undefined;
  if ("y_embedder" in params) {
    const rows = take(params.y_embedder.embedding_table.weight, condition);
    return rows.reshape([rows.shape[0]!, 1, rows.shape[1]!]);
  }
  if (!("context_embedder" in params)) return undefined;
  const embedder = params.context_embedder;
  if ("weight" in embedder) return linear(condition, embedder.weight, embedder.bias);
  return take(embedder.embedding_table.weight, condition).add(embedder.pos_embed);
};
