import type { Tensor } from "../graph/tensor.js";
import { BITS, defineBinary, givenExample } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const bitXorOp = defineBinary({
  name: "bitXor",
  scalar: "xor",
  accepts: BITS,
  value: (a, b) => a ^ b,
  examples: givenExample("u32", [0, 1, 0xffffffff, 12], [7, 1, 0xf0f0f0f0, 10]),
});

/** Bitwise exclusive or; logical for bool. */
export const bitXor = (a: Operand, b: Operand): Tensor => applyBroadcast(bitXorOp, a, b);
