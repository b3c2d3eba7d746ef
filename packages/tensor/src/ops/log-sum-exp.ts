import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { add } from "./add.js";
import { checkTensor } from "./arguments.js";
import { largest, logTotal, logTotalOf } from "./log-total.js";
import { max } from "./max.js";
import { mul } from "./mul.js";
import { reshape } from "./reshape.js";
import { rowsInfer, withAxisLast } from "./rows.js";
import { softmax } from "./softmax.js";

export const logSumExpOp = defineOp<NoAttrs>({
  name: "logSumExp",
  lowering: { kind: "composite" },
  infer(inputs) {
    const [{ shape, dtype }] = rowsInfer("logSumExp")(inputs);
    return [{ shape: [sizesOf(shape, 2)[0], 1], dtype }];
  },
  flops: ([x]) => 4 * sizeOf(x.shape),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, softmax(x))],
  reference([x]) {
    const [rows, cols] = sizesOf(x.shape, 2);
    return [
      Float64Array.from({ length: rows }, (_, r) => {
        const row = x.data.subarray(r * cols, (r + 1) * cols);
        const top = largest(row);
        return top + logTotalOf(row, top);
      }),
    ];
  },
  decompose([x]) {
    const top = max(x, [1], { keepDims: true });
    return [add(top, logTotal(x, top))];
  },
  examples: [
    { inputs: [{ shape: [3, 7] }], attrs: {} },
    { inputs: [{ shape: [2, 1] }], attrs: {} },
  ],
});

/**
 * `log(sum(exp(x)))` along `axis`, without overflow: -Infinity where all are, Infinity where any is. Its gradient, the softmax, is NaN in
 * both cases, as PyTorch's.
 */
export const logSumExp = (x: Tensor, axis = -1): Tensor => {
  checkTensor("logSumExp", x);
  const at = resolveAxis("logSumExp", axis, x.rank);
  const n = sizeAlong(x.shape, at);
  const rows = reshape(withAxisLast(x, at), [x.size / n, n]);
  return reshape(
    apply(logSumExpOp, [rows], {}),
    x.shape.filter((_, i) => i !== at),
  );
};
