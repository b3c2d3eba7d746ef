import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { div } from "./div.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";

export const logOp = defineElementwise({
  name: "log",
  scalar: "log",
  accepts: FLOAT,
  value: (x) => Math.log(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [div(g!, x!)],
  examples: unaryExamples([0.3, 3]),
});

/** Natural logarithm. */
export const log = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(logOp, [x], {}) as Tensor<S>;
