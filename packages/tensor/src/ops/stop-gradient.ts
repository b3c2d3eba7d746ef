import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { defineOp } from "../graph/define.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
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
export const stopGradient = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(stopGradientOp, [x], {}) as Tensor<S>;
