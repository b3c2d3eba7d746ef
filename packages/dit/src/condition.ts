import type { Context } from "@isoflop/flops";
import type { Tensor } from "@isoflop/tensor";
import { must, shown } from "./errors.js";

/** What the model is told for a batch of n where its context has a pooled vector. */
export interface PooledCondition {
  /** f32 [n, tokens, dim]. */
  readonly tokens: Tensor;
  /** i32 [n] where the context is masked, see {@link MaskedCondition}. */
  readonly lengths?: Tensor;
  /** f32 [n, pooled]. */
  readonly pooled: Tensor;
}

/** What the model is told for a batch of n where its context is of masked features. */
export interface MaskedCondition {
  /** f32 [n, tokens, dim]; what lies past a caption's length is not looked at. */
  readonly tokens: Tensor;
  /** i32 [n], how many of its tokens a caption has: below 1 counts as 1, beyond the tokens as all of them. */
  readonly lengths: Tensor;
  /** f32 [n, pooled] where the context has a pooled vector. */
  readonly pooled?: Tensor;
}

/**
 * What the model is told for a batch of n: i32 [n] for classes, i32 [n, tokens] for words, f32 [n, tokens, dim] for features; features that
 * are masked or have a pooled vector are a record of tokens, lengths and pooled vector, as far as the context has them. Masked words end
 * with the last that is not word 0.
 */
export type Condition = Tensor | PooledCondition | MaskedCondition;

/** A condition taken apart; each part is absent where the config has none. */
export interface ConditionParts {
  readonly tokens: Tensor | undefined;
  readonly lengths?: Tensor | undefined;
  readonly pooled?: Tensor | undefined;
}

export const partsOf = (condition: Condition | undefined): ConditionParts =>
  typeof condition === "object" && condition !== null && ("pooled" in condition || "lengths" in condition)
    ? condition
    : { tokens: condition };

type Operand = Pick<Tensor, "dtype" | "shape">;

/** Type and shape of an operand in a message; what is no tensor by its kind. */
export const operandText = (operand: Operand | null | undefined): string => {
  if (typeof operand === "object" && operand !== null && "dtype" in operand)
    return `${operand.dtype}${shown(operand.shape)}`;
  if (typeof operand !== "object" || operand === null) return `${operand}`;
  return `no tensor but ${Object.prototype.toString.call(operand).slice(8, -1)}`;
};

/** A condition in a message: its tokens alone, or the record of all that it has. */
const recordText = ({ tokens, ...others }: { readonly [K in keyof ConditionParts]: Operand | undefined }): string => {
  const { lengths, pooled } = others;
  const rest = Object.entries({ lengths, pooled }).filter(([, operand]) => operand !== undefined);
  if (rest.length === 0) return operandText(tokens);
  return `{ tokens: ${operandText(tokens)}${rest.map(([name, operand]) => `, ${name}: ${operandText(operand)}`).join("")} }`;
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
  const parts = partsOf(condition);
  const given = parts.tokens === undefined ? "missing" : recordText(parts);
  if (context.kind === "none") {
    must(condition === undefined, "shape", `condition is ${given}; context "none" takes none.`);
    return;
  }
  const features = context.kind === "features" ? context : undefined;
  const right = recordText({
    tokens: expected(context, n),
    lengths: features?.masked ? { dtype: "i32", shape: [n] } : undefined,
    pooled: features?.pooled === undefined ? undefined : { dtype: "f32", shape: [n, features.pooled] },
  });
  must(
    given === right,
    "shape",
    `condition is ${given}; context "${context.kind}" takes ${right} for a batch of ${n}.`,
  );
};
