import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { geluGrad } from "./gelu-grad.js";
import { mul } from "./mul.js";

/** 0.5 (1 + tanh u) is sigmoid(2 u): this is 2 sqrt(2/pi). */
const ROOT = Math.sqrt(8 / Math.PI);

export const geluOp = defineUnary({
  name: "gelu",
  scalar: "gelu",
  value: (x) => x / (1 + Math.exp(-ROOT * (x + 0.044715 * x ** 3))),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, geluGrad(x))],
  examples: unaryExamples(),
});

/** GELU in its tanh form, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel, arXiv 1606.08415): the one DiT uses. */
export const gelu: Pointwise = recording(geluOp);
