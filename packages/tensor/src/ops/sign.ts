import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";

export const signOp = defineUnary({
  name: "sign",
  scalar: "sign",
  value: (x) => Math.sign(x),
  examples: unaryExamples(),
});

/** -1, 0 or 1. No gradient flows through it. */
export const sign: Pointwise = recording(signOp);
