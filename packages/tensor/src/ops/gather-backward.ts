import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { sameShape } from "../shape.js";
import { checkFloats } from "./arguments.js";
import { gatherOp } from "./gather.js";
import { checkIndices } from "./take.js";
import { zeroOutside } from "./zero-outside.js";

type GatherBackwardAttrs = { readonly size: number };

export const gatherBackwardOp = defineOp<GatherBackwardAttrs>({
  name: "gatherBackward",
  lowering: { kind: "call" },
  infer([indices, g], { size }) {
    checkIndices("gatherBackward", indices!);
    checkFloats("gatherBackward", [g]);
    if (!sameShape(indices!.shape, g!.shape) || g!.shape.length !== 3)
      throw new TensorError(
        "shape",
        `gatherBackward: expects two operands [outer, k, inner], got ${formatShape(indices!.shape)} and ${formatShape(g!.shape)}`,
      );
    return [{ shape: [g!.shape[0]!, size, g!.shape[2]!], dtype: "f32" }];
  },
  flops: ([, g]) => g!.shape.reduce((p, n) => p * n, 1),
  vjp({ inputs: [indices], attrs: { size }, cotangents: [g] }) {
    return [undefined, zeroOutside(apply(gatherOp, [g!, indices!], {}), indices!, size)];
  },
  reference([indices, g], { size }) {
    const [outer, k, inner] = g!.shape as [number, number, number];
    const out = new Float64Array(outer * size * inner);
    indices!.data.forEach((index, i) => {
      const o = Math.floor(i / (k * inner));
      if (index >= 0 && index < size) out[(o * size + index) * inner + (i % inner)]! += g!.data[i]!;
    });
    return [out];
  },
  examples: [
    {
      inputs: [{ shape: [2, 2, 2], dtype: "i32", values: [0, 1, 2, 0, 0, 1, 0, 2] }, { shape: [2, 2, 2] }],
      attrs: { size: 3 },
    },
    { inputs: [{ shape: [1, 3, 1], dtype: "i32", values: [3, 1, -1] }, { shape: [1, 3, 1] }], attrs: { size: 3 } },
  ],
});

/** Sums cotangents of a gather back to where they were read: [outer, k, inner] -> [outer, size, inner]. */
export const gatherBackward = (indices: Tensor, g: Tensor, size: number): Tensor =>
  apply(gatherBackwardOp, [indices, g], { size });
