import type { Context } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { must, shown } from "./errors.js";

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
  typeof condition === "object" && condition !== null && "pooled" in condition
    ? condition
    : { tokens: condition, pooled: undefined };

type Operand = Pick<Tensor, "dtype" | "shape">;

/** Type and shape of an operand in a message; what is no tensor by its kind. */
export const operandText = (operand: Operand | null | undefined): string => {
  if (typeof operand === "object" && operand !== null && "dtype" in operand)
    return `${operand.dtype}${shown(operand.shape)}`;
  if (typeof operand !== "object" || operand === null) return `${operand}`;
  return `no tensor but ${Object.prototype.toString.call(operand).slice(8, -1)}`;
};

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
        ? operandText(tokens)
        : `{ tokens: ${operandText(tokens)}, pooled: ${operandText(pooled)} }`;
  if (context.kind === "none") {
    must(condition === undefined, "shape", `condition is ${given}; context "none" takes none.`);
    return;
  }
  const pooledSize = context.kind === "features" ? context.pooled : undefined;
  const first = operandText(expected(context, n));
  const second = pooledSize === undefined ? undefined : operandText({ dtype: "f32", shape: [n, pooledSize] });
  const right = second === undefined ? first : `{ tokens: ${first}, pooled: ${second} }`;
  must(
    given === right,
    "shape",
    `condition is ${given}; context "${context.kind}" takes ${right} for a batch of ${n}.`,
  );
};
