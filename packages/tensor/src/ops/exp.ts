import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const expOp = defineUnary({
  name: "exp",
  scalar: "exp",
  value: (x) => Math.exp(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [mul(g, y)],
  examples: unaryExamples(),
});

/** Exponential. */
export const exp: Pointwise = recording(expOp);
