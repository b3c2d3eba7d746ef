import type { Tensor } from "../graph/tensor.js";
import { type Shape, sameShape } from "../shape.js";
import { reshape } from "./reshape.js";
import { sum } from "./sum.js";

/** Undoes a broadcast: sums over the dimensions that `shape` lacks or has with size 1. The gradient of `broadcastTo`. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(x, axes), shape) as Tensor;
};
