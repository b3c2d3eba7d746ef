import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import { erfFloat64 } from "../reference-math.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { exp } from "./exp.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const erfOp = defineElementwise({
  name: "erf",
  scalar: "erf",
  accepts: FLOAT,
  value: (x) => erfFloat64(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g!, mul(exp(neg(mul(x!, x!))), 2 / Math.sqrt(Math.PI)))],
  examples: unaryExamples(),
});

/** Error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to `x`. */
export const erf = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(erfOp, [x], {}) as Tensor<S>;
