import { contiguous, reshapeLayout } from "../compile/layout.js";
import { apply } from "../graph/apply.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveReshape, type Shape, sameShape } from "../shape.js";
import { checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { viewReference } from "./view.js";

type ReshapeAttrs = { readonly shape: Shape };

export const reshapeOp = defineOp<ReshapeAttrs>({
  name: "reshape",
  lowering: { kind: "view", layout: (input, output) => reshapeLayout(input, output.shape) },
  infer: ([x], { shape }) => [{ shape: resolveReshape("reshape", x.shape, shape), dtype: x.dtype }],
  simplify: ([x], { shape }) => (sameShape(shape, x.shape) ? [x] : undefined),
  vjp: ({ inputs: [x], cotangents: [g] }) => [reshape(g, x.shape)],
  reference: viewReference((_, { shape }) => contiguous(shape)),
  examples: [
    ...inEveryDType({ inputs: [{ shape: [3, 4] }], attrs: { shape: [2, 6] } }),
    { inputs: [{ shape: [2, 3, 4] }], attrs: { shape: [24] } },
  ],
});

/** The same elements in row-major order under another shape. One size may be -1: it is worked out. */
export const reshape = <const S extends Shape>(x: Tensor, shape: S): Tensor<S> => {
  checkTensor("reshape", x);
  const resolved = resolveReshape("reshape", x.shape, shape);
  return (sameShape(resolved, x.shape) ? x : apply(reshapeOp, [x], { shape: resolved })) as Tensor<S>;
};
