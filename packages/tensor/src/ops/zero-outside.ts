import type { Tensor } from "../graph/tensor.js";
import { bitAnd } from "./bit-and.js";
import { less } from "./less.js";
import { lessEqual } from "./less-equal.js";
import { select } from "./select.js";

/** `values` where `indices` lie in 0 to size - 1, and 0 elsewhere: what nobody added up has no gradient. */
export const zeroOutside = (values: Tensor, indices: Tensor, size: number): Tensor =>
  select(bitAnd(lessEqual(0, indices), less(indices, size)), values, 0);
