import { permuteLayout } from "../compile/layout.js";
import { formatShape, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import { defineOp, isNodeOf } from "../graph/define.js";
import type { Op, Tensor } from "../graph/tensor.js";
import { resolveAxis, type Shape, sizeAlong } from "../shape.js";
import type { PermuteShape } from "../types/shape.js";
import { checkList, checkTensor } from "./arguments.js";
import { inEveryDType } from "./examples.js";
import { viewReference } from "./view.js";

type PermuteAttrs = { readonly order: readonly number[] };

const inverse = (order: readonly number[]): number[] => order.map((_, i) => order.indexOf(i));

export const permuteOp: Op<PermuteAttrs, ["x"], ["out"]> = defineOp<PermuteAttrs>({
  name: "permute",
  lowering: { kind: "view", layout: (input, _, { order }) => permuteLayout(input, order) },
  infer([x], { order }) {
    const sorted = [...order].sort((a, b) => a - b);
    if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i))
      throw new TensorError(
        "shape",
        `permute: order [${order.join(", ")}] must name each axis of ${formatShape(x.shape)} once (0 to ${x.shape.length - 1})`,
      );
    return [{ shape: order.map((axis) => sizeAlong(x.shape, axis)), dtype: x.dtype }];
  },
  // Two permutations in a row are one, or none.
  simplify([{ node }], { order }) {
    if (!isNodeOf(node, permuteOp)) return undefined;
    const before = node.attrs.order;
    return [
      permute(
        node.inputs[0],
        order.map((axis) => before[axis]!),
      ),
    ];
  },
  vjp: ({ attrs, cotangents: [g] }) => [permute(g, inverse(attrs.order))],
  reference: viewReference((input, { order }) => permuteLayout(input, order)),
  examples: [
    ...inEveryDType({ inputs: [{ shape: [3, 4] }], attrs: { order: [1, 0] } }),
    { inputs: [{ shape: [2, 3, 4] }], attrs: { order: [2, 0, 1] } },
  ],
});

/** Reorders the axes: axis `i` of the result is axis `order[i]` of `x`. No copy where the consumer can read strides. */
export const permute = <S extends Shape, const P extends readonly number[]>(
  x: Tensor<S>,
  order: P,
): Tensor<PermuteShape<S, P>> => {
  checkTensor("permute", x);
  checkList("permute", "order", order);
  const axes = order.map((axis) => resolveAxis("permute", axis, x.rank));
  const same = axes.length === x.rank && axes.every((axis, i) => axis === i);
  return (same ? x : apply(permuteOp, [x], { order: axes })) as Tensor<PermuteShape<S, P>>;
};

/** Swaps the last two axes. */
export const transpose = (x: Tensor): Tensor => {
  checkTensor("transpose", x);
  if (x.rank < 2) throw new TensorError("shape", `transpose: needs at least two axes, got ${formatShape(x.shape)}`);
  const order = x.shape.map((_, i) => i);
  [order[x.rank - 2], order[x.rank - 1]] = [x.rank - 1, x.rank - 2];
  return permute(x, order);
};
