import { formatShape, formatShapes, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { Aval } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { broadcastShapes, lastTwo, type Shape, sameShape, sizeAlong, sizeOf } from "../shape.js";
import type { MatmulShape } from "../types/shape.js";
import { checkFinite, checkFloats, checkOptions, checkTensor } from "./arguments.js";
import { add, mul } from "./arithmetic.js";
import { broadcastTo, sum } from "./broadcast-and-sum.js";
import { transpose } from "./permute.js";
import { reshape } from "./reshape.js";

export type MatmulAttrs = { readonly scale: number };

const outputShape = (a: Aval, b: Aval): number[] => [...a.shape.slice(0, -1), sizeAlong(b.shape, -1)];

/**
 * `scale * A B`, plus an addend of the result's shape where a third operand is given (the compiler folds a following addition in). Operands
 * have the same batch dimensions here, two at most as `matmul` below records it. Kernels read A and B by rows or by columns and the addend by any
 * strides (a bias is (0, 1), a residual (N, 1)); stride 0 broadcasts.
 */
export const matmulOp: Op<MatmulAttrs, ["a", "b", "addend"?], ["out"]> = defineOp<MatmulAttrs, ["a", "b", "addend"?]>({
  name: "matmul",
  lowering: {
    kind: "call",
    product: true,
    reads: ({ shape, strides }, operand) =>
      shape.length <= 4 &&
      (operand === 2 ||
        (strides.every((stride) => stride >= 0) &&
          [-2, -1].some((axis) => strides.at(axis) === 1 || shape.at(axis) === 1))),
  },
  infer(inputs) {
    const [a, b, addend] = inputs;
    checkFloats("matmul", inputs);
    const batches = sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (a.shape.length < 2 || !batches || a.shape.at(-1) !== b.shape.at(-2)) throw mismatch(a.shape, b.shape);
    const shape = outputShape(a, b);
    if (addend && !sameShape(addend.shape, shape))
      throw new TensorError(
        "shape",
        `matmul: the addend ${formatShape(addend.shape)} must have the shape of the product, ${formatShape(shape)}`,
      );
    return [{ shape, dtype: "f32" }];
  },
  flops: ([a], [output]) => 2 * sizeOf(output.shape) * sizeAlong(a.shape, -1),
  vjp({ inputs: [a, b, addend], attrs: { scale }, cotangents: [g], needs }) {
    const byA = needs(0) ? apply(matmulOp, [g, transpose(b)], { scale }) : undefined;
    const byB = needs(1) ? apply(matmulOp, [transpose(a), g], { scale }) : undefined;
    return addend ? [byA, byB, g] : [byA, byB];
  },
  reference([a, b, addend], { scale }, [output]) {
    const [m, k] = lastTwo(a.shape);
    const n = sizeAlong(b.shape, -1);
    const out = new Float64Array(sizeOf(output.shape));
    for (let batch = 0; batch * m * n < out.length; batch++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum += a.data[(batch * m + i) * k + l]! * b.data[(batch * k + l) * n + j]!;
          const at = (batch * m + i) * n + j;
          out[at] = scale * sum + (addend?.data[at] ?? 0);
        }
    return [out];
  },
  examples: [
    { inputs: [{ shape: [3, 5] }, { shape: [5, 4] }], attrs: { scale: 1 } },
    { inputs: [{ shape: [2, 3, 5] }, { shape: [2, 5, 2] }], attrs: { scale: 0.5 } },
    { inputs: [{ shape: [1, 7] }, { shape: [7, 1] }], attrs: { scale: 1 } },
    { inputs: [{ shape: [3, 2] }, { shape: [2, 4] }, { shape: [3, 4] }], attrs: { scale: 2 } },
    { inputs: [{ shape: [2, 2, 3, 4] }, { shape: [2, 2, 4, 3] }], attrs: { scale: 1 } },
  ],
});

const mismatch = (a: Shape, b: Shape): TensorError =>
  new TensorError(
    "shape",
    `matmul: ${formatShape(a)} times ${formatShape(b)}: the last size of the first operand (${a.at(-1)}) must equal the second to last of the second (${b.at(-2) ?? b.at(-1)}), and batch dimensions must broadcast`,
  );

/**
 * Matrix product with NumPy's rules: the last two axes are matrices, leading axes are batches that broadcast, a one-dimensional operand
 * is a row (left) or a column (right) and its axis disappears. `scale` multiplies the result.
 */
export const matmul = <A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: { readonly scale?: number } = {},
): Tensor<MatmulShape<A, B>> => {
  for (const x of [a, b]) checkTensor("matmul", x);
  checkOptions("matmul", options, ["scale"]);
  const { scale = 1 } = options;
  checkFinite("matmul", "scale", scale);
  return product(a, b, scale) as Tensor<MatmulShape<A, B>>;
};

const product = (a: Tensor, b: Tensor, scale: number): Tensor => {
  if (a.rank === 0 || b.rank === 0)
    throw new TensorError("shape", "matmul: a scalar has no axis to multiply along; use mul(a, b)");
  if (a.rank === 1) {
    const out = product(reshape(a, [1, a.size]), b, scale);
    return reshape(out, [...out.shape.slice(0, -2), ...out.shape.slice(-1)]);
  }
  if (b.rank === 1) {
    const out = product(a, reshape(b, [b.size, 1]), scale);
    return reshape(out, out.shape.slice(0, -1));
  }
  const [k, n] = lastTwo(b.shape);
  if (a.shape.at(-1) !== k) throw mismatch(a.shape, b.shape);
  if (b.rank === 2 && a.rank > 2) {
    // One matrix for all batches: a single tall product instead of many short ones.
    const flat = apply(matmulOp, [reshape(a, [a.size / k, k]), b], { scale });
    return reshape(flat, [...a.shape.slice(0, -1), n]);
  }
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const m = sizeAlong(a.shape, -2);
  const [wideA, wideB] = [broadcastTo(a, [...batch, m, k]), broadcastTo(b, [...batch, k, n])];
  if (batch.length <= 2) return apply(matmulOp, [wideA, wideB], { scale });
  // Kernels take two batch axes; more are joined into one.
  const all = sizeOf(batch);
  return reshape(apply(matmulOp, [reshape(wideA, [all, m, k]), reshape(wideB, [all, k, n])], { scale }), [
    ...batch,
    m,
    n,
  ]);
};

/** `x W^T + b` for a weight stored as (out, in), as PyTorch's Linear keeps it. */
export const linear = (x: Tensor, weight: Tensor, bias?: Tensor): Tensor => {
  for (const operand of bias ? [x, weight, bias] : [x, weight]) checkTensor("linear", operand);
  if (
    weight.rank !== 2 ||
    x.shape.at(-1) !== weight.shape[1] ||
    (bias && !sameShape(bias.shape, [sizeAlong(weight.shape, 0)]))
  )
    throw new TensorError(
      "shape",
      `linear: takes x [..., in], a weight [out, in] and a bias [out], got ${formatShapes([x, weight, ...(bias ? [bias] : [])])}`,
    );
  const y = product(x, transpose(weight), 1);
  return bias ? add(y, bias) : y;
};

/** Sum of products of two vectors. */
export const dot = (a: Tensor, b: Tensor): Tensor => {
  for (const x of [a, b]) checkTensor("dot", x);
  if (a.rank !== 1 || !sameShape(a.shape, b.shape))
    throw new TensorError(
      "shape",
      `dot: takes two vectors of one size, got ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  return sum(mul(a, b));
};
