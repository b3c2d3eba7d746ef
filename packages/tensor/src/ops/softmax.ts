import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, type Shape, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkTensor } from "./arguments.js";
import { add, div, mul, neg, sub } from "./arithmetic.js";
import { sum } from "./broadcast-and-sum.js";
import { cast } from "./cast.js";
import { equal } from "./comparison.js";
import { exp } from "./exp-and-log.js";
import { log1p } from "./log1p.js";
import { max } from "./max-and-min.js";
import { reshape } from "./reshape.js";
import { onLastAxis, rowsInfer, withAxisLast } from "./rows.js";
import { select } from "./select.js";
import { tanh } from "./sigmoid-and-tanh.js";

const LAST = [1];
const keep = { keepDims: true } as const;

/**
 * log of the sum of exp(x - top) over rows [rows, cols], top being each row's largest value: what ties with it counts 1 each without being
 * computed, so that the rest keeps its accuracy beside it and infinities never meet.
 */
const logTotal = (x: Tensor, top: Tensor): Tensor => {
  const hit = equal(x, top);
  const rest = sum(select(hit, 0, exp(sub(x, top))), LAST, keep);
  const ties = sum(cast(hit, "f32"), LAST, keep);
  return log1p(add(rest, sub(ties, 1)));
};

/** `logTotal` of a row in float64. */
const logTotalOf = (row: Float64Array, top: number): number => {
  let rest = -1;
  let others = 0;
  for (const v of row)
    if (v === top) rest++;
    else others += Math.exp(v - top);
  return Math.log1p(rest + others);
};

const largest = (row: Float64Array): number => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** Gradient of a row softmax from its result `y` and the cotangent `g`: y (g - sum(y g)). */
export const softmaxBackwardOp = defineOp<NoAttrs, ["y", "g"]>({
  name: "softmaxBackward",
  lowering: { kind: "call" },
  infer: rowsInfer("softmaxBackward"),
  flops: ([y]) => 4 * sizeOf(y.shape),
  decompose: ([y, g]) => [mul(y, sub(g, sum(mul(y, g), [1], { keepDims: true })))],
  examples: [{ inputs: [{ shape: [3, 7] }, { shape: [3, 7] }], attrs: {} }],
});

type SoftmaxAttrs = { readonly log: boolean };

/** Over rows of a matrix. Shifted by the row's maximum, so that no exponential overflows. */
export const softmaxOp = defineOp<SoftmaxAttrs>({
  name: "softmax",
  lowering: { kind: "call" },
  infer: rowsInfer("softmax"),
  flops: ([x]) => 5 * sizeOf(x.shape),
  vjp({ outputs: [y], attrs, cotangents: [g] }) {
    if (!attrs.log) return [apply(softmaxBackwardOp, [y, g], {})];
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
