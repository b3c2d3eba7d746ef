import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { sign } from "./sign.js";

export const absOp = defineElementwise({
  name: "abs",
  scalar: "abs",
  accepts: FLOAT,
  value: (x) => Math.abs(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g!, sign(x!))],
  examples: unaryExamples([0.2, 2]),
});

/** Absolute value. Its gradient at 0 is 0. */
export const abs = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(absOp, [x], {}) as Tensor<S>;
