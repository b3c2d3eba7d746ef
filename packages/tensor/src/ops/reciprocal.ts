import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const reciprocalOp = defineElementwise({
  name: "reciprocal",
  scalar: "reciprocal",
  accepts: FLOAT,
  value: (x) => 1 / x,
  vjp: ({ outputs: [y], cotangents: [g] }) => [neg(mul(g!, mul(y!, y!)))],
  examples: unaryExamples([0.3, 3]),
});

/** `1 / x`. */
export const reciprocal = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(reciprocalOp, [x], {}) as Tensor<S>;
