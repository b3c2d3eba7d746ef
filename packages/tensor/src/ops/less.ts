import type { Tensor } from "../graph/tensor.js";
import { defineBinary, givenExample, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const lessOp = defineBinary({
  name: "less",
  scalar: "lt",
  accepts: NUMERIC,
  gives: "bool",
  value: (a, b) => Number(a < b),
  examples: givenExample("f32", [1, 2, 3, -1, 0], [2, 2, 1, -1, -0.5]),
});

/** `a < b`, with broadcasting. */
export const less = (a: Operand, b: Operand): Tensor => applyBroadcast(lessOp, a, b);
