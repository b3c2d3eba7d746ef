import { div } from "./div.js";
import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";

export const logOp = defineUnary({
  name: "log",
  scalar: "log",
  value: (x) => Math.log(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [div(g, x)],
  examples: unaryExamples([0.3, 3]),
});

/** Natural logarithm. */
export const log: Pointwise = recording(logOp);
