import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { sub } from "./sub.js";

export const sigmoidOp = defineElementwise({
  name: "sigmoid",
  scalar: "sigmoid",
  accepts: FLOAT,
  value: (x) => 1 / (1 + Math.exp(-x)),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g!, mul(y!, sub(1, y!)))],
  examples: unaryExamples(),
});

/** Logistic function `1 / (1 + exp(-x))`. */
export const sigmoid = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(sigmoidOp, [x], {}) as Tensor<S>;
