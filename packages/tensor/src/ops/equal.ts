import type { Tensor } from "../graph/tensor.js";
import { defineBinary, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const equalOp = defineBinary({
  name: "equal",
  scalar: "eq",
  accepts: NUMERIC,
  gives: "bool",
  value: (a, b) => Number(a === b),
  examples: [
    {
      inputs: [
        { shape: [5], values: [1, 2, 3, -1, 0] },
        { shape: [5], values: [2, 2, 1, -1, -0.5] },
      ],
      attrs: {},
    },
  ],
});

/** `a == b`, with broadcasting; NaN equals nothing. */
export const equal = (a: Operand, b: Operand): Tensor => applyBroadcast(equalOp, a, b);
