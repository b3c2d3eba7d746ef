import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineUnary, givenExample } from "./elementwise.js";

export const logicalNotOp = defineUnary({
  name: "logicalNot",
  scalar: "not",
  accepts: ["bool"],
  value: (x) => Number(!x),
  examples: givenExample("bool", [1, 0, 1]),
});

/** True where `x` is false. */
export const logicalNot = <S extends Shape>(x: Tensor<S>): Tensor<S, "bool"> =>
  apply(logicalNotOp, [x], {}) as Tensor<S, "bool">;
