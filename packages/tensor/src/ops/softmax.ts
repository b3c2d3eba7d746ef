import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { type Shape, sizeOf, sizesOf } from "../shape.js";
import { add } from "./add.js";
import { sum } from "./broadcast-and-sum.js";
import { div } from "./div.js";
import { exp } from "./exp.js";
import { largest, logTotal, logTotalOf } from "./log-total.js";
import { max } from "./max.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { onLastAxis, rowsInfer } from "./rows.js";
import { softmaxBackward } from "./softmax-backward.js";
import { sub } from "./sub.js";
import { tanh } from "./tanh.js";

type SoftmaxAttrs = { readonly log: boolean };

/** Over rows of a matrix. Shifted by the row's maximum, so that no exponential overflows. */
export const softmaxOp = defineOp<SoftmaxAttrs>({
  name: "softmax",
  lowering: { kind: "call" },
  infer: rowsInfer("softmax"),
  flops: ([x]) => 5 * sizeOf(x.shape),
  vjp({ outputs: [y], attrs, cotangents: [g] }) {
    if (!attrs.log) return [softmaxBackward(y, g)];
    // g - p sum(g) with its first term split in g p and g (1 - p), and 1 - p = 1 - exp(y) so that it keeps its accuracy near 0.
    const p = exp(y);
    const others = sub(sum(g, [1], { keepDims: true }), g);
    return [sub(mul(g, neg(mul(tanh(mul(y, 0.5)), add(1, p)))), mul(p, others))];
  },
  decompose([x], { log: asLog }) {
    const top = max(x, [1], { keepDims: true });
    const shifted = sub(x, top);
    if (asLog) return [sub(shifted, logTotal(x, top))];
    const powers = exp(shifted);
    return [div(powers, sum(powers, [1], { keepDims: true }))];
  },
  reference([x], { log: asLog }) {
    const [rows, cols] = sizesOf(x.shape, 2);
    const out = new Float64Array(x.data.length);
    for (let r = 0; r < rows; r++) {
      const row = x.data.subarray(r * cols, (r + 1) * cols);
      const top = largest(row);
      const total = asLog ? logTotalOf(row, top) : row.reduce((a, b) => a + Math.exp(b - top), 0);
      row.forEach((v, i) => {
        out[r * cols + i] = asLog ? v - top - total : Math.exp(v - top) / total;
      });
    }
    return [out];
  },
  examples: [
    { inputs: [{ shape: [3, 7] }], attrs: { log: false } },
    { inputs: [{ shape: [4, 5] }], attrs: { log: true } },
    { inputs: [{ shape: [2, 1] }], attrs: { log: false } },
  ],
});

/** Exponentials normalised to sum to 1 along `axis` (the last unless told). */
export const softmax = <S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S> =>
  onLastAxis("softmax", x, axis, (rows) => apply(softmaxOp, [rows], { log: false }));

/** Logarithm of the softmax along `axis`, without the rounding of `log(softmax(x))`: accurate near 0 too, where a class is all but certain. */
export const logSoftmax = <S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S> =>
  onLastAxis("logSoftmax", x, axis, (rows) => apply(softmaxOp, [rows], { log: true }));
