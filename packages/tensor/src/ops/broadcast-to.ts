import { broadcastLayout } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { broadcastShapes, checkShape, type Shape, sameShape } from "../shape.js";
import { checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { sumTo } from "./sum-to.js";
import { viewReference } from "./view.js";

type ShapeAttrs = { readonly shape: Shape };

export const broadcastToOp = defineOp<ShapeAttrs>({
  name: "broadcastTo",
  lowering: { kind: "view", layout: (input, output) => broadcastLayout(input, output.shape) },
  infer([x], { shape }) {
    if (!sameShape(broadcastShapes("broadcastTo", x!.shape, shape), shape))
      throw new TensorError(
        "shape",
        `broadcastTo: ${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}`,
      );
    return [{ shape, dtype: x!.dtype }];
  },
  flops: () => 0,
  vjp: ({ inputs: [x], cotangents: [g] }) => [sumTo(g!, x!.shape)],
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
