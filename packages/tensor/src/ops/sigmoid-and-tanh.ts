import { mul, neg } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";

export const sigmoidOp = defineUnary({
  name: "sigmoid",
  scalar: "sigmoid",
  value: (x) => 1 / (1 + Math.exp(-x)),
  // 1 - y is sigmoid(-x), which keeps its accuracy where y is all but 1.
  vjp: ({ inputs: [x], outputs: [y], cotangents: [g] }) => [mul(g, mul(y, sigmoid(neg(x))))],
});

/** Logistic function `1 / (1 + exp(-x))`. */
export const sigmoid: Pointwise = recording(sigmoidOp);

export const tanhOp = defineUnary({
  name: "tanh",
  scalar: "tanh",
  value: Math.tanh,
  // 1 - y^2 is 4 sigmoid(2x) sigmoid(-2x), which keeps its accuracy where y is all but 1.
  vjp({ inputs: [x], cotangents: [g] }) {
    const twice = mul(x, 2);
    return [mul(g, mul(4, mul(sigmoid(twice), sigmoid(neg(twice)))))];
  },
});

/** Hyperbolic tangent. */
export const tanh: Pointwise = recording(tanhOp);
