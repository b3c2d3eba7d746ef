import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { sub } from "./sub.js";

export const tanhOp = defineElementwise({
  name: "tanh",
  scalar: "tanh",
  accepts: FLOAT,
  value: (x) => Math.tanh(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g!, sub(1, mul(y!, y!)))],
  examples: unaryExamples(),
});

/** Hyperbolic tangent. */
export const tanh = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(tanhOp, [x], {}) as Tensor<S>;
