import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const rsqrtOp = defineElementwise({
  name: "rsqrt",
  scalar: "rsqrt",
  accepts: FLOAT,
  value: (x) => 1 / Math.sqrt(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g!, mul(mul(y!, mul(y!, y!)), -0.5))],
  examples: unaryExamples([0.3, 3]),
});

/** `1 / sqrt(x)`. */
export const rsqrt = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(rsqrtOp, [x], {}) as Tensor<S>;
