import { mul } from "./arithmetic.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";

export const signOp = defineUnary({ name: "sign", scalar: "sign", value: Math.sign });

/** -1, 0 or 1. No gradient flows through it. */
export const sign: Pointwise = recording(signOp);

export const absOp = defineUnary({
  name: "abs",
  scalar: "abs",
  range: [0.2, 2],
  value: Math.abs,
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, sign(x))],
});

/** Absolute value. Its gradient at 0 is 0. */
export const abs: Pointwise = recording(absOp);
