import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis } from "../shape.js";
import { checkTensor } from "./arguments.js";
import type { NoAttrs } from "./elementwise.js";
import { inEveryDType } from "./examples.js";
import { gatherBackward } from "./gather-backward.js";
import { reshape } from "./reshape.js";
import { checkIndices } from "./take.js";

export const gatherOp = defineOp<NoAttrs>({
  name: "gather",
  lowering: { kind: "call" },
  infer([x, indices]) {
    const [outer, k, inner] = indices!.shape;
    checkIndices("gather", indices!);
    if (x!.shape.length !== 3 || indices!.shape.length !== 3 || outer !== x!.shape[0] || inner !== x!.shape[2])
      throw new TensorError(
        "shape",
        `gather: operand ${formatShape(x!.shape)} and indices ${formatShape(indices!.shape)} must agree everywhere but along the axis`,
      );
    return [{ shape: [outer!, k!, inner!], dtype: x!.dtype }];
  },
  flops: () => 0,
  vjp: ({ inputs: [x, indices], cotangents: [g] }) => [gatherBackward(indices!, g!, x!.shape[1]!), undefined],
  reference([x, indices]) {
    const [, n, inner] = x!.shape as [number, number, number];
    const k = indices!.shape[1]!;
    return [
      indices!.data.map((index, i) => {
        const o = Math.floor(i / (k * inner));
        return index >= 0 && index < n
          ? x!.data[(o * n + index) * inner + (i % inner)]!
          : x!.dtype === "f32"
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
  const outer = x.shape.slice(0, at).reduce((p, n) => p * n, 1);
  const inner = x.shape.slice(at + 1).reduce((p, n) => p * n, 1);
  if (indices.rank !== x.rank || indices.shape.some((n, i) => i !== at && n !== x.shape[i]))
    throw new TensorError(
      "shape",
      `gather: indices ${formatShape(indices.shape)} must have the sizes of ${formatShape(x.shape)} everywhere but along axis ${at}`,
    );
  const out = apply(
    gatherOp,
    [reshape(x, [outer, x.shape[at]!, inner]), reshape(indices, [outer, indices.shape[at]!, inner])],
    {},
  );
  return reshape(out, indices.shape) as Tensor;
};
