import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { add } from "./add.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { sub } from "./sub.js";
import { tanh } from "./tanh.js";

const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

export const geluGradOp = defineElementwise({
  name: "geluGrad",
  scalar: "geluGrad",
  accepts: FLOAT,
  value(x) {
    const t = Math.tanh(ROOT * (x + CUBIC * x ** 3));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT * (1 + 3 * CUBIC * x * x);
  },
  decompose(x) {
    const square = mul(x, x);
    const t = tanh(mul(mul(x, ROOT), add(1, mul(square, CUBIC))));
    const slope = mul(sub(1, mul(t, t)), mul(mul(x, 0.5 * ROOT), add(1, mul(square, 3 * CUBIC))));
    return add(mul(add(1, t), 0.5), slope);
  },
  examples: unaryExamples(),
});

/** Derivative of the tanh form of GELU. */
export const geluGrad = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(geluGradOp, [x], {}) as Tensor<S>;
