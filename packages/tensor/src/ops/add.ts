import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineBinary, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const addOp = defineBinary({
  name: "add",
  scalar: "add",
  accepts: NUMERIC,
  value: (a, b) => a + b,
  neutral: { left: -0, right: -0 },
  vjp: ({ cotangents: [g] }) => [g, g],
  examples: binaryExamples(),
});

/** `a + b` with broadcasting; integers wrap. */
export const add = (a: Operand, b: Operand): Tensor => applyBroadcast(addOp, a, b);
