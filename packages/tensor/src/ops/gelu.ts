import { add, mul, neg } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";
import { sigmoid } from "./sigmoid-and-tanh.js";

/** 0.5 (1 + tanh u) is sigmoid(2 u): this is 2 sqrt(2/pi). */
const ROOT = Math.sqrt(8 / Math.PI);
const CUBIC = 0.044715;

export const geluOp = defineUnary({
  name: "gelu",
  scalar: "gelu",
  value: (x) => x / (1 + Math.exp(-ROOT * (x + CUBIC * x ** 3))),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, geluGrad(x))],
});

/** GELU in its tanh form, 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel, arXiv 1606.08415): the one DiT uses. */
export const gelu: Pointwise = recording(geluOp);

export const geluGradOp = defineUnary({
  name: "geluGrad",
  scalar: "geluGrad",
  value(x) {
    const u = ROOT * (x + CUBIC * x ** 3);
    const s = 1 / (1 + Math.exp(-u));
    return s * (1 + (x * ROOT * (1 + 3 * CUBIC * x * x)) / (1 + Math.exp(u)));
  },
  decompose(x) {
    const square = mul(x, x);
    const u = mul(mul(x, ROOT), add(1, mul(square, CUBIC)));
    const slope = mul(mul(x, ROOT), add(1, mul(square, 3 * CUBIC)));
    return mul(sigmoid(u), add(1, mul(slope, sigmoid(neg(u)))));
  },
});

/** Derivative of the tanh form of GELU. */
export const geluGrad: Pointwise = recording(geluGradOp);
