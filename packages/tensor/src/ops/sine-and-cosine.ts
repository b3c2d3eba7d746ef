import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const sinOp = defineUnary({
  name: "sin",
  scalar: "sin",
  value: (x) => Math.sin(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, cos(x))],
  examples: unaryExamples(),
});

/** Sine of `x` radians. */
export const sin: Pointwise = recording(sinOp);

export const cosOp = defineUnary({
  name: "cos",
  scalar: "cos",
  value: (x) => Math.cos(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [neg(mul(g, sin(x)))],
  examples: unaryExamples(),
});

/** Cosine of `x` radians. */
export const cos: Pointwise = recording(cosOp);
