import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, type Shape, sizeOf } from "../shape.js";
import { add } from "./add.js";
import { div } from "./div.js";
import { exp } from "./exp.js";
import { log } from "./log.js";
import { max } from "./max.js";
import { mul } from "./mul.js";
import { onLastAxis, rowsInfer } from "./rows.js";
import { softmaxBackward } from "./softmax-backward.js";
import { sub } from "./sub.js";
import { sum } from "./sum.js";

type SoftmaxAttrs = { readonly log: boolean };

/** Over rows of a matrix. Shifted by the row's maximum, so that no exponential overflows. */
export const softmaxOp = defineOp<SoftmaxAttrs>({
  name: "softmax",
  lowering: { kind: "call" },
  infer: rowsInfer("softmax"),
  flops: ([x]) => 5 * sizeOf(x!.shape),
  vjp({ outputs: [y], attrs, cotangents: [g] }) {
    if (!attrs.log) return [softmaxBackward(y!, g!)];
    return [sub(g!, mul(exp(y!), sum(g!, [1], { keepDims: true })))];
  },
  decompose([x], { log: asLog }) {
    const shifted = sub(x!, max(x!, [1], { keepDims: true }));
    const powers = exp(shifted);
    const total = sum(powers, [1], { keepDims: true });
    return [asLog ? sub(shifted, log(total)) : div(powers, total)];
  },
  reference([x], { log: asLog }) {
    const [rows, cols] = x!.shape as [number, number];
    const out = new Float64Array(x!.data.length);
    for (let r = 0; r < rows; r++) {
      const row = x!.data.subarray(r * cols, (r + 1) * cols);
      const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const total = row.reduce((a, b) => a + Math.exp(b - top), 0);
      row.forEach((v, i) => {
        out[r * cols + i] = asLog ? v - top - Math.log(total) : Math.exp(v - top) / total;
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
  onLastAxis("softmax", x, axis, (rows) => apply(softmaxOp, [rows], { log: false })) as Tensor<S>;

/** Logarithm of the softmax along `axis`, without the rounding of `log(softmax(x))`. */
export const logSoftmax = <S extends Shape>(x: Tensor<S>, axis = -1): Tensor<S> =>
  onLastAxis("logSoftmax", x, axis, (rows) => apply(softmaxOp, [rows], { log: true })) as Tensor<S>;

/** `log(sum(exp(x)))` along `axis`, without overflow. */
export const logSumExp = (x: Tensor, axis = -1): Tensor => {
  const at = resolveAxis("logSumExp", axis, x.rank);
  const top = max(x, at, { keepDims: true }) as Tensor;
  const total = sum(exp(sub(x, top)), at, { keepDims: true }) as Tensor;
  return add(log(total), top).reshape(x.shape.filter((_, i) => i !== at));
};
