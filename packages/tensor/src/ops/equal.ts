import type { Tensor } from "../graph/tensor.js";
import { defineBinary, givenExample, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const equalOp = defineBinary({
  name: "equal",
  scalar: "eq",
  accepts: NUMERIC,
  gives: "bool",
  value: (a, b) => Number(a === b),
  examples: givenExample("f32", [1, 2, 3, -1, 0], [2, 2, 1, -1, -0.5]),
});

/** `a == b`, with broadcasting; NaN equals nothing. */
export const equal = (a: Operand, b: Operand): Tensor => applyBroadcast(equalOp, a, b);
