import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { sin } from "./sin.js";

export const cosOp = defineElementwise({
  name: "cos",
  scalar: "cos",
  accepts: FLOAT,
  value: (x) => Math.cos(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [neg(mul(g!, sin(x!)))],
  examples: unaryExamples(),
});

/** Cosine of `x` radians. */
export const cos = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(cosOp, [x], {}) as Tensor<S>;
