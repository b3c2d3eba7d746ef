import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";

export const signOp = defineElementwise({
  name: "sign",
  scalar: "sign",
  accepts: FLOAT,
  value: (x) => Math.sign(x),
  examples: unaryExamples(),
});

/** -1, 0 or 1. No gradient flows through it. */
export const sign = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(signOp, [x], {}) as Tensor<S>;
