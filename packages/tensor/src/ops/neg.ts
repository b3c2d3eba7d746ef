import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, unaryExamples } from "./elementwise.js";

export const negOp = defineElementwise({
  name: "neg",
  scalar: "neg",
  accepts: ["f32", "i32"],
  value: (x) => -x,
  vjp: ({ cotangents: [g] }) => [neg(g!)],
  examples: unaryExamples(),
});

/** `-x`. */
export const neg = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(negOp, [x], {}) as Tensor<S>;
