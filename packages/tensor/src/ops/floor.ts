import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";

export const floorOp = defineElementwise({
  name: "floor",
  scalar: "floor",
  accepts: FLOAT,
  value: (x) => Math.floor(x),
  examples: unaryExamples(),
});

/** Largest whole number not above `x`. No gradient flows through it. */
export const floor = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(floorOp, [x], {}) as Tensor<S>;
