import { formatShapes, TensorError } from "../errors.js";
import type { Aval } from "../graph/aval.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, type Shape, sameShape } from "../shape.js";
import { checkFloats, checkTensor } from "./arguments.js";
import { permute } from "./permute.js";
import { reshape } from "./reshape.js";

/** Shape and dtype rule of an op on rows: f32 matrices of one shape in, the same out. */
export const rowsInfer =
  (name: string) =>
  (inputs: readonly [Aval, ...Aval[]]): [Aval] => {
    const [first] = inputs;
    checkFloats(name, inputs);
    for (const { shape } of inputs)
      if (shape.length !== 2 || !sameShape(shape, first.shape))
        throw new TensorError("shape", `${name}: works on rows of matrices of one shape, got ${formatShapes(inputs)}`);
    return [{ shape: first.shape, dtype: "f32" }];
  };

const orderWithLast = (rank: number, axis: number): number[] =>
  Array.from({ length: rank }, (_, i) => i)
    .filter((i) => i !== axis)
    .concat(axis);

export const withAxisLast = (x: Tensor, axis: number): Tensor => permute(x, orderWithLast(x.rank, axis));

/** Runs a function of rows along any axis: moves the axis last, flattens the others, and undoes both. */
export const onLastAxis = <S extends Shape>(
  name: string,
  x: Tensor<S>,
  axis: number,
  rows: (x: Tensor) => Tensor,
): Tensor<S> => {
  checkTensor(name, x);
  const at = resolveAxis(name, axis, x.rank);
  const moved = withAxisLast(x, at);
  const [n = 1] = moved.shape.slice(-1);
  const order = orderWithLast(x.rank, at);
  const back = order.map((_, i) => order.indexOf(i));
  return permute(reshape(rows(reshape(moved, [x.size / n, n])), moved.shape), back) as Tensor<S>;
};
