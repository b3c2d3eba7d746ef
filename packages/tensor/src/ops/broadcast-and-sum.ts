import { broadcastLayout } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { broadcastShapes, checkShape, type Shape, sameShape, sizeOf } from "../shape.js";
import { checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { defineReduction, type Reduction, reduction } from "./reduce.js";
import { reshape } from "./reshape.js";
import { viewReference } from "./view.js";

type ShapeAttrs = { readonly shape: Shape };

export const broadcastToOp = defineOp<ShapeAttrs>({
  name: "broadcastTo",
  lowering: { kind: "view", layout: (input, output) => broadcastLayout(input, output.shape) },
  infer([x], { shape }) {
    if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape))
      throw new TensorError(
        "shape",
        `broadcastTo: ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`,
      );
    return [{ shape, dtype: x.dtype }];
  },
  simplify: ([x], { shape }) => (sameShape(shape, x.shape) ? [x] : undefined),
  vjp: ({ inputs: [x], cotangents: [g] }) => [sumTo(g, x.shape)],
  reference: viewReference((input, { shape }) => broadcastLayout(input, shape)),
  examples: [
    ...inEveryDType({ inputs: [{ shape: [3, 1] }], attrs: { shape: [3, 4] } }),
    { inputs: [{ shape: [5] }], attrs: { shape: [2, 3, 5] } },
    { inputs: [{ shape: [] }], attrs: { shape: [2, 2] } },
  ],
});

/** Repeats dimensions of size 1 (and adds leading ones) to reach `shape`, without copying. */
export const broadcastTo = <const S extends Shape>(x: Tensor, shape: S): Tensor<S> => {
  checkTensor("broadcastTo", x);
  checkShape("broadcastTo", shape);
  return (sameShape(x.shape, shape) ? x : apply(broadcastToOp, [x], { shape: [...shape] })) as Tensor<S>;
};

export const sumOp = defineReduction("sum", 0, (a, b) => a + b, {
  flops: ([x]) => (x.dtype === "f32" ? sizeOf(x.shape) : 0),
  vjp: ({ inputs: [x], cotangents: [g] }) => [broadcastTo(g, x.shape)],
});

/** Sum over `axes` (all unless told); integers wrap. Reduced axes disappear, or stay with size 1 under `keepDims`. */
export const sum: Reduction = reduction(sumOp);

/** Undoes a broadcast: sums over the dimensions that `shape` lacks or has with size 1. The gradient of `broadcastTo`. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(x, axes), shape);
};
