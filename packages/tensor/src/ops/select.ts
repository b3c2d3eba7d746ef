import { formatShapes, TensorError } from "../errors.js";
import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { broadcastShapes, sameShape } from "../shape.js";
import { checkTensor } from "./arguments.js";
import { broadcastTo } from "./broadcast-and-sum.js";
import { inEveryDType } from "./examples.js";
import { alignOperands, type Operand } from "./operands.js";

export const selectOp = defineOp<NoAttrs, ["condition", "a", "b"]>({
  name: "select",
  lowering: { kind: "scalar", scalar: "select" },
  infer([condition, a, b]) {
    if (condition.dtype !== "bool")
      throw new TensorError(
        "dtype",
        `select: the condition must be bool, got ${condition.dtype}; compare first, e.g. less(x, y)`,
      );
    if (a.dtype !== b.dtype)
      throw new TensorError(
        "dtype",
        `select: the choices have dtypes ${a.dtype} and ${b.dtype}; cast one so that they agree`,
      );
    if (!sameShape(condition.shape, a.shape) || !sameShape(a.shape, b.shape))
      throw new TensorError("shape", `select: operands ${formatShapes([condition, a, b])} must have one shape`);
    return [{ shape: a.shape, dtype: a.dtype }];
  },
  vjp: ({ inputs: [condition], cotangents: [g] }) => [undefined, select(condition, g, 0), select(condition, 0, g)],
  reference: ([condition, a, b]) => [a.data.map((v, i) => (condition.data[i] ? v : b.data[i]!))],
  examples: inEveryDType({
    inputs: [{ shape: [4], dtype: "bool", values: [1, 0, 0, 1] }, { shape: [4] }, { shape: [4] }],
    attrs: {},
  }),
});

/** `a` where `condition` holds, `b` elsewhere, with broadcasting. */
export const select = (condition: Tensor, a: Operand, b: Operand): Tensor => {
  checkTensor("select", condition);
  const [x, y] = alignOperands("select", a, b);
  const shape = broadcastShapes("select", condition.shape, x.shape);
  return apply(selectOp, [broadcastTo(condition, shape), broadcastTo(x, shape), broadcastTo(y, shape)], {});
};
