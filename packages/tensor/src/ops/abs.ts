import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";
import { sign } from "./sign.js";

export const absOp = defineUnary({
  name: "abs",
  scalar: "abs",
  value: (x) => Math.abs(x),
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, sign(x))],
  examples: unaryExamples([0.2, 2]),
});

/** Absolute value. Its gradient at 0 is 0. */
export const abs: Pointwise = recording(absOp);
