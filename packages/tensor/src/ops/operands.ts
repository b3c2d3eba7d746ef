import type { DType } from "../dtype.js";
import { apply } from "../graph/apply.js";
import type { Op } from "../graph/define.js";
import { Tensor } from "../graph/tensor.js";
import { broadcastShapes, type Shape } from "../shape.js";
import { checkElement } from "./arguments.js";
import { broadcastTo } from "./broadcast-to.js";
import { constant } from "./constant.js";
import type { NoAttrs } from "./elementwise.js";

/** An operand: a tensor, or a number that takes the dtype of the tensor beside it (a whole number in range beside integers). */
export type Operand = Tensor | number;

/** Turns numbers into constants of the dtype of the first tensor among the operands, and broadcasts all to one shape. */
export const alignOperands = (name: string, operands: readonly Operand[], dtype?: DType): Tensor[] => {
  const kind = dtype ?? operands.find((x): x is Tensor => x instanceof Tensor)?.dtype ?? "f32";
  let shape: Shape = [];
  for (const x of operands)
    if (x instanceof Tensor) shape = broadcastShapes(name, shape, x.shape);
    else checkElement(name, x, kind);
  return operands.map((x) => broadcastTo(typeof x === "number" ? constant(x, kind) : x, shape));
};

export const applyBroadcast = (op: Op<NoAttrs>, a: Operand, b: Operand): Tensor =>
  apply(op, alignOperands(op.name, [a, b]), {});
