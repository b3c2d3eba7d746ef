import type { ScalarFunction } from "../backends/scalars.js";
import type { Tensor } from "../graph/tensor.js";
import { defineBinary, givenExample, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

const defineComparison = (name: string, scalar: ScalarFunction, holds: (a: number, b: number) => boolean) =>
  defineBinary({
    name,
    scalar,
    accepts: NUMERIC,
    gives: "bool",
    value: (a, b) => Number(holds(a, b)),
    examples: givenExample("f32", [1, 2, 3, -1, 0], [2, 2, 1, -1, -0.5]),
  });

export const equalOp = defineComparison("equal", "eq", (a, b) => a === b);
export const lessOp = defineComparison("less", "lt", (a, b) => a < b);
export const lessEqualOp = defineComparison("lessEqual", "le", (a, b) => a <= b);

/** `a == b`, with broadcasting; NaN equals nothing. */
export const equal = (a: Operand, b: Operand): Tensor => applyBroadcast(equalOp, a, b);

/** `a < b`, with broadcasting. */
export const less = (a: Operand, b: Operand): Tensor => applyBroadcast(lessOp, a, b);

/** `a <= b`, with broadcasting. */
export const lessEqual = (a: Operand, b: Operand): Tensor => applyBroadcast(lessEqualOp, a, b);
