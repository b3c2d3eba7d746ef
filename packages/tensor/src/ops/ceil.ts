import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";

export const ceilOp = defineElementwise({
  name: "ceil",
  scalar: "ceil",
  accepts: FLOAT,
  value: (x) => Math.ceil(x),
  examples: unaryExamples(),
});

/** Smallest whole number not below `x`. No gradient flows through it. */
export const ceil = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(ceilOp, [x], {}) as Tensor<S>;
