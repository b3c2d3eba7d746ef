import type { Tensor } from "../graph/tensor.js";
import { defineBinary } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const shiftRightOp = defineBinary({
  name: "shiftRight",
  scalar: "shr",
  accepts: ["u32"],
  value: (a, b) => a >>> b,
  examples: [
    {
      inputs: [
        { shape: [4], dtype: "u32", values: [1, 3, 0xffffffff, 0x80000001] },
        { shape: [4], dtype: "u32", values: [0, 4, 31, 1] },
      ],
      attrs: {},
    },
  ],
});

/** `a >>> b` (logical) for u32, `b` below 32. */
export const shiftRight = (a: Operand, b: Operand): Tensor => applyBroadcast(shiftRightOp, a, b);
