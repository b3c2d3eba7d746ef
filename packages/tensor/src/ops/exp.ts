import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const expOp = defineElementwise({
  name: "exp",
  scalar: "exp",
  accepts: FLOAT,
  value: (x) => Math.exp(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g!, y!)],
  examples: unaryExamples(),
});

/** Exponential. */
export const exp = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(expOp, [x], {}) as Tensor<S>;
