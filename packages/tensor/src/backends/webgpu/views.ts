import type { View } from "../../compile/kernel.js";
import { contiguous as inOrder } from "../../compile/layout.js";
import type { DType } from "../../dtype.js";

/** The row-major view of a whole buffer. */
export const contiguous = (slot: number, shape: readonly number[], dtype: DType = "f32"): View => ({
  slot,
  dtype,
  ...inOrder(shape),
});
