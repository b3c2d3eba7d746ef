import { apply } from "../graph/apply.js";
import { mapEach, type NoAttrs } from "../graph/aval.js";
import { type Op, Tensor } from "../graph/tensor.js";
import { broadcastShapes, type Shape } from "../shape.js";
import { checkElement } from "./arguments.js";
import { broadcastTo } from "./broadcast-and-sum.js";
import { constant } from "./constant.js";

/** An operand: a tensor, or a number that takes the dtype of the tensor beside it (a whole number in range beside integers). */
export type Operand = Tensor | number;

/** Turns numbers into constants of the dtype of the tensor among the operands, and broadcasts both to one shape. */
export const alignOperands = (name: string, a: Operand, b: Operand): readonly [Tensor, Tensor] => {
  const dtype = [a, b].find((x) => x instanceof Tensor)?.dtype ?? "f32";
  let shape: Shape = [];
  for (const x of [a, b])
    if (x instanceof Tensor) shape = broadcastShapes(name, shape, x.shape);
    else checkElement(name, x, dtype);
  return mapEach([a, b], (x) => broadcastTo(typeof x === "number" ? constant(x, dtype) : x, shape));
};

export const applyBroadcast = (op: Op<NoAttrs, ["a", "b"], ["out"]>, a: Operand, b: Operand): Tensor =>
  apply(op, alignOperands(op.name, a, b), {});
