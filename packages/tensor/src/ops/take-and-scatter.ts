import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Aval, NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { hasRank, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkFloats, checkTensor } from "./arguments.js";
import { bitAnd } from "./bits.js";
import { less, lessEqual } from "./comparison.js";
import { inEveryDType } from "./examples.js";
import { reshape } from "./reshape.js";
import { select } from "./select.js";

/** `values` where `indices` lie in 0 to size - 1, and 0 elsewhere: what nobody added up has no gradient. */
export const zeroOutside = (values: Tensor, indices: Tensor, size: number): Tensor =>
  select(bitAnd(lessEqual(0, indices), less(indices, size)), values, 0);

/** Indices are i32: a float or u32 that looks like one is a mistake in what feeds it. */
export const checkIndices = (op: string, indices: Aval): void => {
  if (indices.dtype !== "i32")
    throw new TensorError(
      "dtype",
      `${op}: indices are i32, got ${indices.dtype}${formatShape(indices.shape)}; use cast(x, "i32")`,
    );
};

export const takeOp = defineOp<NoAttrs, ["table", "indices"]>({
  name: "take",
  lowering: { kind: "call" },
  infer([table, indices]) {
    checkIndices("take", indices);
    if (!hasRank(table.shape, 2) || !hasRank(indices.shape, 1))
      throw new TensorError(
        "shape",
        `take: expects a table [rows, width] and indices [n], got ${formatShape(table.shape)} and ${formatShape(indices.shape)}`,
      );
    return [{ shape: [indices.shape[0], table.shape[1]], dtype: table.dtype }];
  },
  vjp: ({ inputs: [table, indices], cotangents: [g] }) => [
    scatterAdd(indices, g, sizeAlong(table.shape, 0)),
    undefined,
  ],
  reference([table, indices]) {
    const [rows, width] = sizesOf(table.shape, 2);
    const out = new Float64Array(indices.data.length * width);
    indices.data.forEach((row, i) => {
      if (row >= 0 && row < rows) out.set(table.data.subarray(row * width, (row + 1) * width), i * width);
      else out.fill(table.dtype === "f32" ? Number.NaN : 0, i * width, (i + 1) * width);
    });
    return [out];
  },
  examples: [
    ...inEveryDType({
      inputs: [{ shape: [4, 3] }, { shape: [5], dtype: "i32", values: [2, 0, 0, 3, 1] }],
      attrs: {},
    }),
    {
      inputs: [
        { shape: [4, 3], dtype: "i32" },
        { shape: [2], dtype: "i32", values: [4, -1] },
      ],
      attrs: {},
    },
  ],
});

/**
 * Rows of `table` [rows, width] at i32 `indices` of any shape, giving [...indices, width]: an embedding lookup. A kernel cannot throw,
 * so an index outside the table gives a row of NaN (of zeros in a table of integers).
 */
export const take = (table: Tensor, indices: Tensor): Tensor => {
  for (const x of [table, indices]) checkTensor("take", x);
  const rows = apply(takeOp, [table, reshape(indices, [indices.size])], {});
  return reshape(rows, [...indices.shape, sizeAlong(table.shape, 1)]);
};

type ScatterAttrs = { readonly rows: number };

export const scatterAddOp = defineOp<ScatterAttrs, ["indices", "updates"]>({
  name: "scatterAdd",
  lowering: { kind: "call" },
  infer([indices, updates], { rows }) {
    checkIndices("scatterAdd", indices);
    checkFloats("scatterAdd", [updates]);
    if (updates.shape.length !== 2 || indices.shape.length !== 1 || indices.shape[0] !== updates.shape[0])
      throw new TensorError(
        "shape",
        `scatterAdd: expects indices [n] and updates [n, width], got ${formatShape(indices.shape)} and ${formatShape(updates.shape)}`,
      );
    return [{ shape: [rows, sizeAlong(updates.shape, 1)], dtype: "f32" }];
  },
  flops: ([, updates]) => sizeOf(updates.shape),
  vjp({ inputs: [indices], attrs: { rows }, cotangents: [g] }) {
    return [undefined, zeroOutside(take(g, indices), reshape(indices, [indices.size, 1]), rows)];
  },
  reference([indices, updates], { rows }) {
    const width = sizeAlong(updates.shape, 1);
    const out = new Float64Array(rows * width);
    indices.data.forEach((row, i) => {
      if (row >= 0 && row < rows) for (let j = 0; j < width; j++) out[row * width + j]! += updates.data[i * width + j]!;
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
