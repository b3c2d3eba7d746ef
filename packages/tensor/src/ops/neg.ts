import { apply } from "../graph/apply.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { defineElementwise, FLOAT, unaryExamples } from "./elementwise.js";
import { sub } from "./sub.js";

export const negOp = defineElementwise({
  name: "neg",
  scalar: "neg",
  accepts: FLOAT,
  value: (x) => -x,
  vjp: ({ cotangents: [g] }) => [neg(g!)],
  examples: unaryExamples(),
});

/** `-x`; integers wrap. */
export const neg = <S extends Shape>(x: Tensor<S>): Tensor<S> =>
  (x.dtype === "i32" || x.dtype === "u32" ? sub(0, x) : apply(negOp, [x], {})) as Tensor<S>;
