import type { View } from "../../compile/kernel.js";
import type { DType } from "../../dtype.js";

/** Elements of a shape. */
export const size = (shape: readonly number[]): number => shape.reduce((n, extent) => n * extent, 1);

/** The row-major view of a whole buffer. */
export const contiguous = (slot: number, shape: readonly number[], dtype: DType = "f32"): View => ({
  slot,
  dtype,
  shape,
  strides: shape.map((_, axis) => size(shape.slice(axis + 1))),
  offset: 0,
});
