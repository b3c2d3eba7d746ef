import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";

export const ceilOp = defineUnary({
  name: "ceil",
  scalar: "ceil",
  value: (x) => Math.ceil(x),
  examples: unaryExamples(),
});

/** Smallest whole number not below `x`. No gradient flows through it. */
export const ceil: Pointwise = recording(ceilOp);
