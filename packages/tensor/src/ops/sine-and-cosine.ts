import { mul, neg } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";

export const sinOp = defineUnary({
  name: "sin",
  scalar: "sin",
  value: Math.sin,
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, cos(x))],
});

/** Sine of `x` radians. */
export const sin: Pointwise = recording(sinOp);

export const cosOp = defineUnary({
  name: "cos",
  scalar: "cos",
  value: Math.cos,
  vjp: ({ inputs: [x], cotangents: [g] }) => [neg(mul(g, sin(x)))],
});

/** Cosine of `x` radians. */
export const cos: Pointwise = recording(cosOp);
