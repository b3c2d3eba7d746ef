import { formatShape, TensorError } from "../errors.js";
import { applyAll } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, sizeAlong } from "../shape.js";
import { checkList, checkTensor, checkWhole } from "./arguments.js";
import { concat } from "./concat.js";
import { inEveryDType } from "./examples.js";
import { slice } from "./slice-and-pad.js";

type SplitAttrs = { readonly axis: number; readonly sizes: readonly number[] };

/** One op rather than several slices, so that its gradient is one concatenation and not a sum of padded copies. */
export const splitOp = defineOp<SplitAttrs, ["x"], string[]>({
  name: "split",
  lowering: { kind: "composite" },
  infer([x], { axis, sizes }) {
    for (const size of sizes) checkWhole("split", "a size", size, 1);
    if (sizes.reduce((sum, n) => sum + n, 0) !== x.shape[axis])
      throw new TensorError(
        "shape",
        `split: sizes [${sizes.join(", ")}] must add up to ${x.shape[axis]}, the size of axis ${axis} of ${formatShape(x.shape)}`,
      );
    return sizes.map((size) => ({ shape: x.shape.map((n, i) => (i === axis ? size : n)), dtype: x.dtype }));
  },
  flops: () => 0,
  vjp: ({ attrs, cotangents }) => [concat(cotangents, attrs.axis)],
  decompose([x], { axis, sizes }) {
    let at = 0;
    return sizes.map((size) => {
      const start = at;
      at += size;
      return slice(
        x,
        x.shape.map((_, i) => (i === axis ? { start, stop: at } : null)),
      );
    });
  },
  examples: [
    ...inEveryDType({ inputs: [{ shape: [3, 6] }], attrs: { axis: 1, sizes: [1, 2, 3] } }),
    { inputs: [{ shape: [4, 2] }], attrs: { axis: 0, sizes: [2, 2] } },
  ],
});

/** Cuts `x` along an axis into parts of the given sizes (or into `parts` equal ones). */
export const split = (x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] => {
  checkTensor("split", x);
  const at = resolveAxis("split", axis, x.rank);
  if (typeof parts === "number") checkWhole("split", "the number of parts", parts, 1);
  else checkList("split", "sizes", parts);
  if (typeof parts === "number" && sizeAlong(x.shape, at) % parts !== 0)
    throw new TensorError(
      "shape",
      `split: axis ${at} of ${formatShape(x.shape)} does not divide into ${parts} equal parts`,
    );
  const sizes = typeof parts === "number" ? new Array<number>(parts).fill(sizeAlong(x.shape, at) / parts) : [...parts];
  return [...applyAll(splitOp, [x], { axis: at, sizes })];
};
