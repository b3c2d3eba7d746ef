import { div, mul } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";

export const sqrtOp = defineUnary({
  name: "sqrt",
  scalar: "sqrt",
  range: [0.3, 3],
  value: Math.sqrt,
  vjp: ({ outputs: [y], cotangents: [g] }) => [div(g, mul(y, 2))],
});

/** Square root. */
export const sqrt: Pointwise = recording(sqrtOp);

export const rsqrtOp = defineUnary({
  name: "rsqrt",
  scalar: "rsqrt",
  range: [0.3, 3],
  value: (x) => 1 / Math.sqrt(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g, mul(mul(y, mul(y, y)), -0.5))],
});

/** `1 / sqrt(x)`. */
export const rsqrt: Pointwise = recording(rsqrtOp);
