import type { Tensor } from "../graph/tensor.js";
import { defineBinary, givenExample } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const remainderOp = defineBinary({
  name: "remainder",
  scalar: "rem",
  accepts: ["u32"],
  value: (a, b) => (b === 0 ? 0 : a % b),
  examples: givenExample("u32", [7, 3, 0xffffffff, 9], [3, 4, 10, 0]),
});

/** `a mod b` for u32; a zero divisor gives 0. */
export const remainder = (a: Operand, b: Operand): Tensor => applyBroadcast(remainderOp, a, b);
