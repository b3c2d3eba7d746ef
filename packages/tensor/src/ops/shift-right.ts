import type { Tensor } from "../graph/tensor.js";
import { defineBinary, givenExample } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const shiftRightOp = defineBinary({
  name: "shiftRight",
  scalar: "shr",
  accepts: ["u32"],
  value: (a, b) => a >>> b,
  examples: givenExample("u32", [1, 3, 0xffffffff, 0x80000001], [0, 4, 31, 1]),
});

/** `a >>> b` (logical) for u32, `b` below 32. */
export const shiftRight = (a: Operand, b: Operand): Tensor => applyBroadcast(shiftRightOp, a, b);
