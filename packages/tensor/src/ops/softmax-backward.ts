import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sizeOf } from "../shape.js";
import { sum } from "./broadcast-and-sum.js";
import { mul } from "./mul.js";
import { rowsInfer } from "./rows.js";
import { sub } from "./sub.js";

export const softmaxBackwardOp = defineOp<NoAttrs, ["y", "g"]>({
  name: "softmaxBackward",
  lowering: { kind: "call" },
  infer: rowsInfer("softmaxBackward"),
  flops: ([y]) => 4 * sizeOf(y.shape),
  decompose: ([y, g]) => [mul(y, sub(g, sum(mul(y, g), [1], { keepDims: true })))],
  examples: [{ inputs: [{ shape: [3, 7] }, { shape: [3, 7] }], attrs: {} }],
});

/** Gradient of a row softmax from its result `y` and the cotangent `g`: y (g - sum(y g)). */
export const softmaxBackward = (y: Tensor, g: Tensor): Tensor => apply(softmaxBackwardOp, [y, g], {});
