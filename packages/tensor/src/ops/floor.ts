import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";

export const floorOp = defineUnary({
  name: "floor",
  scalar: "floor",
  value: (x) => Math.floor(x),
  examples: unaryExamples(),
});

/** Largest whole number not above `x`. No gradient flows through it. */
export const floor: Pointwise = recording(floorOp);
