import type { Tensor } from "../graph/tensor.js";
import { defineBinary, givenExample } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const quotientOp = defineBinary({
  name: "quotient",
  scalar: "quo",
  accepts: ["u32"],
  value: (a, b) => (b === 0 ? 0 : Math.floor(a / b)),
  examples: givenExample("u32", [7, 3, 0xffffffff, 9], [3, 4, 10, 0]),
});

/** Whole part of `a / b` for u32; a zero divisor gives 0. */
export const quotient = (a: Operand, b: Operand): Tensor => applyBroadcast(quotientOp, a, b);
