import { erfFloat64 } from "../reference-math.js";
import { mul, neg } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";
import { exp } from "./exp-and-log.js";

export const erfOp = defineUnary({
  name: "erf",
  scalar: "erf",
  value: erfFloat64,
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))],
});

/** Error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to `x`. */
export const erf: Pointwise = recording(erfOp);
