import { checkDType } from "../dtype.js";
import { TensorError } from "../errors.js";
import { checkShape } from "../shape.js";
import { spelled } from "../spelled.js";
import type { Attrs, Each, Names } from "./aval.js";
import { keepAttrs } from "./key.js";
import { Node, type Op, Tensor } from "./tensor.js";

/** Records an op with several results. Shapes and dtypes are checked here and nowhere else. */
export const applyAll = <A extends Attrs, I extends Names, O extends Names>(
  op: Op<A, I, O>,
  inputs: Each<I, Tensor>,
  attrs: A,
): Each<O, Tensor> => {
  for (const input of inputs)
    if (!(input instanceof Tensor))
      throw new TensorError("argument", `${op.name}: every operand must be a tensor, got ${spelled(input)}`);
  const kept = keepAttrs(op.name, attrs);
  const outputs = op.infer(inputs, kept);
  for (const { shape, dtype } of outputs) {
    checkShape(op.name, shape);
    checkDType(op.name, dtype);
  }
  const node = new Node(op, inputs, kept, outputs);
  return outputs.map((_, index) => new Tensor(node, index)) as Each<O, Tensor>;
};

/** Records an op with one result. */
export const apply = <A extends Attrs, I extends Names>(
  op: Op<A, I, ["out"]>,
  inputs: Each<I, Tensor>,
  attrs: A,
): Tensor => applyAll(op, inputs, attrs)[0];
