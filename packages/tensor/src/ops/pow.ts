import type { Tensor } from "../graph/tensor.js";
import { binaryExamples, defineElementwise, FLOAT } from "./elementwise.js";
import { log } from "./log.js";
import { mul } from "./mul.js";
import { applyBroadcast, type Operand } from "./operands.js";
import { sub } from "./sub.js";

export const powOp = defineElementwise({
  name: "pow",
  scalar: "pow",
  accepts: FLOAT,
  value: (a, b) => a ** b,
  vjp: ({ inputs: [a, b], outputs: [y], cotangents: [g] }) => [
    mul(g!, mul(b!, pow(a!, sub(b!, 1)))),
    mul(g!, mul(y!, log(a!))),
  ],
  examples: binaryExamples([0.5, 2]),
});

/** `a` to the power `b`, for positive `a` (and 0 with positive `b`), with broadcasting. */
export const pow = (a: Operand, b: Operand): Tensor => applyBroadcast(powOp, a, b);
