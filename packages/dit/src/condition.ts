import type { Context } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { DitError, shown } from "./errors.js";

/** What the model is told for a batch of n where its context has a pooled vector. */
export interface PooledCondition {
  /** f32 [n, tokens, dim]. */
  readonly tokens: Tensor;
  /** f32 [n, pooled]. */
  readonly pooled: Tensor;
}

/**
 * What the model is told for a batch of n: i32 [n] for classes, i32 [n, tokens] for words, f32 [n, tokens, dim] for features, and
 * a record of both for features with a pooled vector.
 */
export type Condition = Tensor | PooledCondition;

/** A condition taken apart; either is absent where the config has none. */
export interface ConditionParts {
  readonly tokens: Tensor | undefined;
  readonly pooled: Tensor | undefined;
}

export const partsOf = (condition: Condition | undefined): ConditionParts =>
  condition && "pooled" in condition ? condition : { tokens: condition, pooled: undefined };

type Operand = Pick<Tensor, "dtype" | "shape">;

const text = ({ dtype, shape }: Operand): string => `${dtype}${shown(shape)}`;

/** What the tokens must be for a batch of n. */
const expected = (context: Exclude<Context, { kind: "none" }>, n: number): Operand => {
  switch (context.kind) {
    case "words":
      return { dtype: "i32", shape: [n, context.tokens] };
    case "features":
      return { dtype: "f32", shape: [n, context.tokens, context.dim] };
    case "classes":
      return { dtype: "i32", shape: [n] };
  }
};

/** @throws DitError("shape") unless the condition is what the config's context says. */
export const checkCondition = (context: Context, n: number, condition: Condition | undefined): void => {
  const { tokens, pooled } = partsOf(condition);
  const given =
    tokens === undefined
      ? "missing"
      : pooled === undefined
        ? text(tokens)
        : `{ tokens: ${text(tokens)}, pooled: ${text(pooled)} }`;
  if (context.kind === "none") {
    if (condition === undefined) return;
    throw new DitError("shape", `condition is ${given}; context "none" takes none.`);
  }
  const pooledSize = context.kind === "features" ? context.pooled : undefined;
  const first = text(expected(context, n));
  const second = pooledSize === undefined ? undefined : text({ dtype: "f32", shape: [n, pooledSize] });
  if (tokens && text(tokens) === first && (pooled && text(pooled)) === second) return;
  const right = second === undefined ? first : `{ tokens: ${first}, pooled: ${second} }`;
  throw new DitError("shape", `condition is ${given}; context "${context.kind}" takes ${right} for a batch of ${n}.`);
};
