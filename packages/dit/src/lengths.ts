import type { ResolvedConfig } from "@isoflop/flops";
import { arange, div, equal, less, max, maximum, mean, minimum, select, sum, type Tensor } from "@isoflop/tensor";
import type { ConditionParts } from "./condition.js";

/** What a caption is made of, and how much of it counts. */
export interface Caption {
  /** As the context says, [n, tokens] or [n, tokens, dim]. */
  readonly context: Tensor | undefined;
  /** i32 [n], 1 to tokens, where the context is masked. */
  readonly lengths: Tensor | undefined;
}

/** Words up to the last that is not padding, word 0, and at least one: i32 [n] from [n, tokens]. */
const wordsOf = (ids: Tensor): Tensor => max(select(equal(ids, 0), 1, arange(ids.shape[1]!).add(1)), [1]);

/** Whether a token counts, [n, tokens, 1]. */
const counted = (tokens: number, lengths: Tensor): Tensor =>
  less(arange(tokens).reshape([1, tokens, 1]), lengths.reshape([lengths.size, 1, 1]));

/** The caption of a condition that fits. Masked features lose what lies past their length: no product may see it, not even times 0. */
export const captionOf = ({ context }: ResolvedConfig, { tokens, lengths }: ConditionParts): Caption => {
  const masked = "masked" in context && context.masked;
  if (!masked || tokens === undefined) return { context: tokens, lengths: undefined };
  if (lengths === undefined) return { context: tokens, lengths: wordsOf(tokens) };
  const inside = minimum(maximum(lengths, 1), context.tokens);
  return { context: select(counted(context.tokens, inside), tokens, 0), lengths: inside };
};

/** The mean over the tokens of x [n, tokens, d] that count, [n, d]. */
export const meanOf = (x: Tensor, lengths: Tensor | undefined): Tensor => {
  if (!lengths) return mean(x, [1]);
  const total = sum(select(counted(x.shape[1]!, lengths), x, 0), [1]);
  return div(total, lengths.cast("f32").reshape([lengths.size, 1]));
};

/** Lengths of a sequence of which `before` tokens that all count come before the caption's. */
export const lengthsAfter = (before: number, lengths: Tensor | undefined): Tensor | undefined => lengths?.add(before);
