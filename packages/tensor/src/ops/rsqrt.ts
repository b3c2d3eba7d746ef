import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const rsqrtOp = defineUnary({
  name: "rsqrt",
  scalar: "rsqrt",
  value: (x) => 1 / Math.sqrt(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g, mul(mul(y, mul(y, y)), -0.5))],
  examples: unaryExamples([0.3, 3]),
});

/** `1 / sqrt(x)`. */
export const rsqrt: Pointwise = recording(rsqrtOp);
