import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const sigmoidOp = defineUnary({
  name: "sigmoid",
  scalar: "sigmoid",
  value: (x) => 1 / (1 + Math.exp(-x)),
  // 1 - y is sigmoid(-x), which keeps its accuracy where y is all but 1.
  vjp: ({ inputs: [x], outputs: [y], cotangents: [g] }) => [mul(g, mul(y, sigmoid(neg(x))))],
  examples: unaryExamples(),
});

/** Logistic function `1 / (1 + exp(-x))`. */
export const sigmoid: Pointwise = recording(sigmoidOp);
