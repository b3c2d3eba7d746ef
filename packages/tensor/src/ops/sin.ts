import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { cos } from "./cos.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const sinOp = defineElementwise({
  name: "sin",
  scalar: "sin",
  accepts: FLOAT,
  value: (x) => Math.sin(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g!, cos(x!))],
  examples: unaryExamples(),
});

/** Sine of `x` radians. */
export const sin = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(sinOp, [x], {}) as Tensor<S>;
