import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const reciprocalOp = defineUnary({
  name: "reciprocal",
  scalar: "reciprocal",
  value: (x) => 1 / x,
  vjp: ({ outputs: [y], cotangents: [g] }) => [neg(mul(g, mul(y, y)))],
  examples: unaryExamples([0.3, 3]),
});

/** `1 / x`. */
export const reciprocal: Pointwise = recording(reciprocalOp);
