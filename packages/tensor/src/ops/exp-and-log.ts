import { div, mul } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";

export const expOp = defineUnary({
  name: "exp",
  scalar: "exp",
  value: Math.exp,
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g, y)],
});

/** Exponential. */
export const exp: Pointwise = recording(expOp);

export const logOp = defineUnary({
  name: "log",
  scalar: "log",
  range: [0.3, 3],
  value: Math.log,
  vjp: ({ inputs: [x], cotangents: [g] }) => [div(g, x)],
});

/** Natural logarithm. */
export const log: Pointwise = recording(logOp);
