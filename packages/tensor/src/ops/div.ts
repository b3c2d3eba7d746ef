import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineElementwise, FLOAT } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const divOp = defineElementwise({
  name: "div",
  scalar: "div",
  accepts: FLOAT,
  value: (a, b) => a / b,
  vjp: ({ inputs: [, b], outputs: [y], cotangents: [g] }) => [div(g!, b!), neg(div(mul(g!, y!), b!))],
  examples: binaryExamples([0.5, 3]),
});

/** `a / b` with broadcasting. */
export const div = (a: Operand, b: Operand): Tensor => applyBroadcast(divOp, a, b);
