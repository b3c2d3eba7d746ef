import { apply } from "../graph/apply.js";
import type { NoAttrs } from "../graph/aval.js";
import { isNodeOf } from "../graph/define.js";
import type { Op } from "../graph/tensor.js";
import { defineUnary, type Pointwise, pointwise, unaryExamples } from "./elementwise.js";
import { mul } from "./mul.js";

export const negOp: Op<NoAttrs, ["x"], ["out"]> = defineUnary({
  name: "neg",
  scalar: "neg",
  value: (x) => -x,
  simplify: (x) => (isNodeOf(x.node, negOp) ? x.node.inputs[0] : undefined),
  vjp: ({ cotangents: [g] }) => [neg(g)],
  examples: unaryExamples(),
});

/** `-x`; integers wrap. */
export const neg: Pointwise = pointwise((x) =>
  x.dtype === "i32" || x.dtype === "u32" ? mul(x, x.dtype === "u32" ? 0xffffffff : -1) : apply(negOp, [x], {}),
);
