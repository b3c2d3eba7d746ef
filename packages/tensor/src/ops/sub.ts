import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineBinary, NUMERIC } from "./elementwise.js";
import { neg } from "./neg.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const subOp = defineBinary({
  name: "sub",
  scalar: "sub",
  accepts: NUMERIC,
  value: (a, b) => a - b,
  neutral: { right: 0 },
  vjp: ({ cotangents: [g] }) => [g, neg(g)],
  examples: binaryExamples(),
});

/** `a - b` with broadcasting; integers wrap. */
export const sub = (a: Operand, b: Operand): Tensor => applyBroadcast(subOp, a, b);
