import { formatShape, TensorError } from "../errors.js";
import type { Aval } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import { resolveAxis, sameShape } from "../shape.js";
import { permute } from "./permute.js";
import { reshape } from "./reshape.js";

/** Shape and dtype rule of an op on rows: f32 matrices of one shape in, the same out. */
export const rowsInfer =
  (name: string) =>
  (inputs: readonly Aval[]): Aval[] => {
    const [first] = inputs;
    for (const { shape, dtype } of inputs) {
      if (dtype !== "f32") throw new TensorError("dtype", `${name}: takes f32, got ${dtype}${formatShape(shape)}`);
      if (shape.length !== 2 || !sameShape(shape, first!.shape))
        throw new TensorError(
          "shape",
          `${name}: works on rows of matrices of one shape, got ${inputs.map((x) => formatShape(x.shape)).join(", ")}`,
        );
    }
    return [{ shape: first!.shape, dtype: "f32" }];
  };

/** Runs a function of rows along any axis: moves the axis last, flattens the others, and undoes both. */
export const onLastAxis = (name: string, x: Tensor, axis: number, rows: (x: Tensor) => Tensor): Tensor => {
  const at = resolveAxis(name, axis, x.rank);
  const order = [...x.shape.keys()].filter((i) => i !== at).concat(at);
  const moved = permute(x, order) as Tensor;
  const n = x.shape[at]!;
  const back = order.map((_, i) => order.indexOf(i));
  return permute(reshape(rows(reshape(moved, [x.size / n, n])), moved.shape) as Tensor, back) as Tensor;
};
