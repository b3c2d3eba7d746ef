import { TensorError } from "../errors.js";
import { checkShape } from "../shape.js";
import type { Attrs, Op } from "./define.js";
import { Node, Tensor } from "./tensor.js";

/** Records an op with several results. Shapes and dtypes are checked here and nowhere else. */
export const applyAll = <A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor[] => {
  for (const input of inputs)
    if (!(input instanceof Tensor))
      throw new TensorError("argument", `${op.name}: every operand must be a tensor, got ${describe(input)}`);
  const outputs = op.infer(inputs, attrs);
  for (const { shape } of outputs) checkShape(op.name, shape);
  const node = new Node(op as Op, inputs, attrs, outputs);
  return outputs.map((_, index) => new Tensor(node, index));
};

/** Records an op with one result. */
export const apply = <A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor =>
  applyAll(op, inputs, attrs)[0]!;

const describe = (value: unknown): string =>
  value === null
    ? "null"
    : typeof value === "object"
      ? (value.constructor?.name ?? "object")
      : `${typeof value} ${String(value)}`;
