import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import { type Pointwise, recording } from "./elementwise.js";
import { inEveryDType } from "./examples.js";
import { identity } from "./identity.js";

export const stopGradientOp = defineOp<NoAttrs>({
  name: "stopGradient",
  ...identity,
  simplify: (inputs) => inputs,
  differentiable: false,
  examples: inEveryDType({ inputs: [{ shape: [3] }], attrs: {} }),
});

/** The same value, treated as a constant by differentiation. */
export const stopGradient: Pointwise = recording(stopGradientOp);
