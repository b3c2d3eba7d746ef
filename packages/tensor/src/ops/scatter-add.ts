import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { checkFloats, checkTensor } from "./arguments.js";
import { reshape } from "./reshape.js";
import { checkIndices, take } from "./take.js";
import { zeroOutside } from "./zero-outside.js";

type ScatterAttrs = { readonly rows: number };

export const scatterAddOp = defineOp<ScatterAttrs>({
  name: "scatterAdd",
  lowering: { kind: "call" },
  infer([indices, updates], { rows }) {
    checkIndices("scatterAdd", indices!);
    checkFloats("scatterAdd", [updates]);
    if (updates!.shape.length !== 2 || indices!.shape.length !== 1 || indices!.shape[0] !== updates!.shape[0])
      throw new TensorError(
        "shape",
        `scatterAdd: expects indices [n] and updates [n, width], got ${formatShape(indices!.shape)} and ${formatShape(updates!.shape)}`,
      );
    return [{ shape: [rows, updates!.shape[1]!], dtype: "f32" }];
  },
  flops: ([, updates]) => updates!.shape.reduce((p, n) => p * n, 1),
  vjp({ inputs: [indices], attrs: { rows }, cotangents: [g] }) {
    return [undefined, zeroOutside(take(g!, indices!), reshape(indices!, [indices!.size, 1]) as Tensor, rows)];
  },
  reference([indices, updates], { rows }) {
    const width = updates!.shape[1]!;
    const out = new Float64Array(rows * width);
    indices!.data.forEach((row, i) => {
      if (row >= 0 && row < rows)
        for (let j = 0; j < width; j++) out[row * width + j]! += updates!.data[i * width + j]!;
    });
    return [out];
  },
  examples: [
    { inputs: [{ shape: [5], dtype: "i32", values: [2, 0, 0, 3, 2] }, { shape: [5, 3] }], attrs: { rows: 4 } },
    { inputs: [{ shape: [4], dtype: "i32", values: [2, -1, 3, 0] }, { shape: [4, 2] }], attrs: { rows: 3 } },
  ],
});

/** Sums rows of `updates` [n, width] into a table of zeros [rows, width] at i32 `indices` [n], in index order. Indices outside are ignored. */
export const scatterAdd = (indices: Tensor, updates: Tensor, rows: number): Tensor => {
  for (const x of [indices, updates]) checkTensor("scatterAdd", x);
  return apply(scatterAddOp, [indices, updates], { rows });
};
