import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { sigmoid } from "./sigmoid.js";

export const tanhOp = defineUnary({
  name: "tanh",
  scalar: "tanh",
  value: (x) => Math.tanh(x),
  // 1 - y^2 is 4 sigmoid(2x) sigmoid(-2x), which keeps its accuracy where y is all but 1.
  vjp({ inputs: [x], cotangents: [g] }) {
    const twice = mul(x, 2);
    return [mul(g, mul(4, mul(sigmoid(twice), sigmoid(neg(twice)))))];
  },
  examples: unaryExamples(),
});

/** Hyperbolic tangent. */
export const tanh: Pointwise = recording(tanhOp);
