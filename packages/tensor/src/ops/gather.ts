import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { mapEach, type NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { aroundAxis, hasRank, resolveAxis, sameShape, sizeAlong, sizeOf, sizesOf } from "../shape.js";
import { checkFloats, checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { reshape } from "./reshape.js";
import { checkIndices, zeroOutside } from "./take-and-scatter.js";

export const gatherOp = defineOp<NoAttrs, ["x", "indices"]>({
  name: "gather",
  lowering: { kind: "call" },
  infer([x, indices]) {
    checkIndices("gather", indices);
    const { shape } = indices;
    if (!hasRank(x.shape, 3) || !hasRank(shape, 3) || shape[0] !== x.shape[0] || shape[2] !== x.shape[2])
      throw new TensorError(
        "shape",
        `gather: operand ${formatShape(x.shape)} and indices ${formatShape(indices.shape)} must agree everywhere but along the axis`,
      );
    return [{ shape, dtype: x.dtype }];
  },
  vjp({ inputs: [x, indices], cotangents: [g] }) {
    return [apply(gatherBackwardOp, [indices, g], { size: sizeAlong(x.shape, 1) }), undefined];
  },
  reference([x, indices]) {
    const [, n, inner] = sizesOf(x.shape, 3);
    const k = sizeAlong(indices.shape, 1);
    return [
      indices.data.map((index, i) => {
        const o = Math.floor(i / (k * inner));
        return index >= 0 && index < n
          ? x.data[(o * n + index) * inner + (i % inner)]!
          : x.dtype === "f32"
            ? Number.NaN
            : 0;
      }),
    ];
  },
  examples: [
    ...inEveryDType({
      inputs: [{ shape: [2, 4, 3] }, { shape: [2, 2, 3], dtype: "i32", values: [0, 1, 2, 3, 0, 0, 1, 1, 1, 2, 0, 3] }],
      attrs: {},
    }),
    {
      inputs: [
        { shape: [1, 4, 1], dtype: "u32" },
        { shape: [1, 3, 1], dtype: "i32", values: [4, 2, -1] },
      ],
      attrs: {},
    },
  ],
});

/**
 * `result[.., i, ..] = x[.., indices[.., i, ..], ..]` along `axis`: i32 indices of the rank of `x`, of the same sizes but along the axis.
 * An index outside gives NaN (0 among integers).
 */
export const gather = (x: Tensor, indices: Tensor, axis: number): Tensor => {
  for (const operand of [x, indices]) checkTensor("gather", operand);
  checkIndices("gather", indices);
  const at = resolveAxis("gather", axis, x.rank);
  if (indices.rank !== x.rank || indices.shape.some((n, i) => i !== at && n !== x.shape[i]))
    throw new TensorError(
      "shape",
      `gather: indices ${formatShape(indices.shape)} must have the sizes of ${formatShape(x.shape)} everywhere but along axis ${at}`,
    );
  const operands = mapEach([x, indices], (operand) => reshape(operand, aroundAxis(operand.shape, at)));
  return reshape(apply(gatherOp, operands, {}), indices.shape);
};

type GatherBackwardAttrs = { readonly size: number };

/** Sums cotangents of a gather back to where they were read: [outer, k, inner] -> [outer, size, inner]. */
export const gatherBackwardOp: Op<GatherBackwardAttrs, ["indices", "g"], ["out"]> = defineOp<
  GatherBackwardAttrs,
  ["indices", "g"]
>({
  name: "gatherBackward",
  lowering: { kind: "call" },
  infer([indices, g], { size }) {
    checkIndices("gatherBackward", indices);
    checkFloats("gatherBackward", [g]);
    if (!sameShape(indices.shape, g.shape) || !hasRank(g.shape, 3))
      throw new TensorError(
        "shape",
        `gatherBackward: expects two operands [outer, k, inner], got ${formatShape(indices.shape)} and ${formatShape(g.shape)}`,
      );
    const [outer, , inner] = g.shape;
    return [{ shape: [outer, size, inner], dtype: "f32" }];
  },
  flops: ([, g]) => sizeOf(g.shape),
  vjp({ inputs: [indices], attrs: { size }, cotangents: [g] }) {
    return [undefined, zeroOutside(apply(gatherOp, [g, indices], {}), indices, size)];
  },
  reference([indices, g], { size }) {
    const [outer, k, inner] = sizesOf(g.shape, 3);
    const out = new Float64Array(outer * size * inner);
    indices.data.forEach((index, i) => {
      const o = Math.floor(i / (k * inner));
      if (index >= 0 && index < size) out[(o * size + index) * inner + (i % inner)]! += g.data[i]!;
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
