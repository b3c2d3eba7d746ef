import type { Tensor } from "../graph/tensor.js";
import { BITS, defineBinary } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const bitAndOp = defineBinary({
  name: "bitAnd",
  scalar: "and",
  accepts: BITS,
  value: (a, b) => a & b,
  examples: [
    {
      inputs: [
        { shape: [4], dtype: "u32", values: [0, 1, 0xffffffff, 12] },
        { shape: [4], dtype: "u32", values: [7, 1, 0xf0f0f0f0, 10] },
      ],
      attrs: {},
    },
  ],
});

/** Bitwise and; logical for bool. */
export const bitAnd = (a: Operand, b: Operand): Tensor => applyBroadcast(bitAndOp, a, b);
