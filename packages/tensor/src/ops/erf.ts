import { erfFloat64 } from "../reference-math.js";
import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { exp } from "./exp.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const erfOp = defineUnary({
  name: "erf",
  scalar: "erf",
  value: (x) => erfFloat64(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  examples: unaryExamples(),
});

/** Error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to `x`. */
export const erf: Pointwise = recording(erfOp);
