import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, sizeOf } from "../shape.js";
import { add } from "./add.js";
import { checkTensor } from "./arguments.js";
import { cast } from "./cast.js";
import type { NoAttrs } from "./elementwise.js";
import { equal } from "./equal.js";
import { exp } from "./exp.js";
import { log1p } from "./log1p.js";
import { max } from "./max.js";
import { mul } from "./mul.js";
import { reshape } from "./reshape.js";
import { rowsInfer, withAxisLast } from "./rows.js";
import { select } from "./select.js";
import { softmax } from "./softmax.js";
import { sub } from "./sub.js";
import { sum } from "./sum.js";

const LAST = [1];
const keep = { keepDims: true } as const;

/**
 * log of the sum of exp(x - top) over rows [rows, cols], top being each row's largest value: what ties with it counts 1 each without being
 * computed, so that the rest keeps its accuracy beside it and infinities never meet.
 */
export const logTotal = (x: Tensor, top: Tensor): Tensor => {
  const hit = equal(x, top);
  const rest = sum(select(hit, 0, exp(sub(x, top))), LAST, keep) as Tensor;
  const ties = sum(cast(hit, "f32"), LAST, keep) as Tensor;
  return log1p(add(rest, sub(ties, 1)));
};

/** `logTotal` of a row in float64. */
export const logTotalOf = (row: Float64Array, top: number): number => {
  let rest = -1;
  let others = 0;
  for (const v of row)
    if (v === top) rest++;
    else others += Math.exp(v - top);
  return Math.log1p(rest + others);
};

export const largest = (row: Float64Array): number => row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

export const logSumExpOp = defineOp<NoAttrs>({
  name: "logSumExp",
  lowering: { kind: "composite" },
  infer(inputs) {
    const [{ shape, dtype }] = rowsInfer("logSumExp")(inputs) as [{ shape: readonly number[]; dtype: "f32" }];
    return [{ shape: [shape[0]!, 1], dtype }];
  },
  flops: ([x]) => 4 * sizeOf(x!.shape),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g!, softmax(x!))],
  reference([x]) {
    const cols = x!.shape[1]!;
    return [
      Float64Array.from({ length: x!.shape[0]! }, (_, r) => {
        const row = x!.data.subarray(r * cols, (r + 1) * cols);
        const top = largest(row);
        return top + logTotalOf(row, top);
      }),
    ];
  },
  decompose([x]) {
    const top = max(x!, LAST, keep) as Tensor;
    return [add(top, logTotal(x!, top))];
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
  const rows = withAxisLast(x, at);
  return reshape(
    apply(logSumExpOp, [reshape(rows, [x.size / x.shape[at]!, x.shape[at]!])], {}),
    x.shape.filter((_, i) => i !== at),
  ) as Tensor;
};
