import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineElementwise, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const addOp = defineElementwise({
  name: "add",
  scalar: "add",
  accepts: NUMERIC,
  value: (a, b) => a + b,
  vjp: ({ cotangents: [g] }) => [g, g],
  examples: binaryExamples(),
});

/** `a + b` with broadcasting; integers wrap. */
export const add = (a: Operand, b: Operand): Tensor => applyBroadcast(addOp, a, b);
