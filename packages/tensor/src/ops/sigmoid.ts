import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const sigmoidOp = defineElementwise({
  name: "sigmoid",
  scalar: "sigmoid",
  accepts: FLOAT,
  value: (x) => 1 / (1 + Math.exp(-x)),
  // 1 - y is sigmoid(-x), which keeps its accuracy where y is all but 1.
  vjp: ({ inputs: [x], outputs: [y], cotangents: [g] }) => [mul(g!, mul(y!, sigmoid(neg(x!))))],
  examples: unaryExamples(),
});

/** Logistic function `1 / (1 + exp(-x))`. */
export const sigmoid = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(sigmoidOp, [x], {}) as Tensor<S>;
