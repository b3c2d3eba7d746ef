import { div } from "./div.js";
import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const sqrtOp = defineUnary({
  name: "sqrt",
  scalar: "sqrt",
  value: (x) => Math.sqrt(x),
  vjp: ({ outputs: [y], cotangents: [g] }) => [div(g, mul(y, 2))],
  examples: unaryExamples([0.3, 3]),
});

/** Square root. */
export const sqrt: Pointwise = recording(sqrtOp);
