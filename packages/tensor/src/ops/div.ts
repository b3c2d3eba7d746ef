import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineBinary } from "./elementwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { applyBroadcast, type Operand } from "./operands.js";

export const divOp = defineBinary({
  name: "div",
  scalar: "div",
  value: (a, b) => a / b,
  neutral: { right: 1 },
  vjp: ({ inputs: [, b], outputs: [y], cotangents: [g] }) => [div(g, b), neg(div(mul(g, y), b))],
  examples: binaryExamples([0.5, 3]),
});

/** `a / b` with broadcasting. */
export const div = (a: Operand, b: Operand): Tensor => applyBroadcast(divOp, a, b);
