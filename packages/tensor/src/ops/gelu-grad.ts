import { add } from "./add.js";
import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { sigmoid } from "./sigmoid.js";

const ROOT = Math.sqrt(8 / Math.PI);
const CUBIC = 0.044715;

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
  examples: unaryExamples(),
});

/** Derivative of the tanh form of GELU. */
export const geluGrad: Pointwise = recording(geluGradOp);
