import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { div } from "./div.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const sqrtOp = defineElementwise({
  name: "sqrt",
  scalar: "sqrt",
  accepts: FLOAT,
  value: (x) => Math.sqrt(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [div(g!, mul(y!, 2))],
  examples: unaryExamples([0.3, 3]),
});

/** Square root. */
export const sqrt = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(sqrtOp, [x], {}) as Tensor<S>;
