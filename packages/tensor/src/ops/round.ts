import { roundHalfEven } from "../reference-math.js";
import { defineUnary, type Pointwise, recording, unaryExamples } from "./elementwise.js";

export const roundOp = defineUnary({
  name: "round",
  scalar: "round",
  value: (x) => roundHalfEven(x),
  examples: unaryExamples(),
});

/** Nearest whole number, halves to even. No gradient flows through it. */
export const round: Pointwise = recording(roundOp);
