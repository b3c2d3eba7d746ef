import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import { roundHalfEven } from "../reference-math.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";

export const roundOp = defineElementwise({
  name: "round",
  scalar: "round",
  accepts: FLOAT,
  value: (x) => roundHalfEven(x),
  examples: unaryExamples(),
});

/** Nearest whole number, halves to even. No gradient flows through it. */
export const round = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(roundOp, [x], {}) as Tensor<S>;
