import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineBinary, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const mulOp = defineBinary({
  name: "mul",
  scalar: "mul",
  accepts: NUMERIC,
  value: (a, b) => a * b,
  integer: Math.imul,
  neutral: { left: 1, right: 1 },
  vjp: ({ inputs: [a, b], cotangents: [g] }) => [mul(g, b), mul(g, a)],
  examples: binaryExamples(),
});

/** `a * b` with broadcasting; integers wrap. */
export const mul = (a: Operand, b: Operand): Tensor => applyBroadcast(mulOp, a, b);
