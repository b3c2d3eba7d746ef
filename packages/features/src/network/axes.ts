import { permute, reshape, type Tensor } from "@isoflop/tensor";
import type { Network } from "./network.js";

/** Four-dimensional values lie channels last. These are they with their axes as the network's layers mean them, and back. */
export const meant = (x: Tensor, axes: Network["axes"]): Tensor =>
  axes === "NCHW" && x.rank === 4 ? permute(x, [0, 3, 1, 2]) : x;

export const lying = (x: Tensor, axes: Network["axes"]): Tensor =>
  axes === "NCHW" && x.rank === 4 ? permute(x, [0, 2, 3, 1]) : x;

/** Where an axis of a layer lies; negative ones count from the end. */
export const axisOf = (axis: number, rank: number, axes: Network["axes"]): number => {
  const at = axis < 0 ? axis + rank : axis;
  return axes === "NCHW" && rank === 4 ? [0, 3, 1, 2][at]! : at;
};

/** Operands of unlike rank that broadcast as the layer means them. */
export const aligned = (a: Tensor, b: Tensor, axes: Network["axes"]): readonly [Tensor, Tensor] => {
  if (a.rank === b.rank) return [a, b];
  const rank = Math.max(a.rank, b.rank);
  const raise = (x: Tensor): Tensor =>
    x.rank === rank ? x : lying(reshape(x, [...new Array<number>(rank - x.rank).fill(1), ...x.shape]), axes);
  return [raise(a), raise(b)];
};
