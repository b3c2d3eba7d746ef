import type { Tensor } from "../graph/tensor.js";
import { cast } from "./cast.js";
import { defineBinary, givenExample, NUMERIC } from "./elementwise.js";
import { equal } from "./equal.js";
import { less } from "./less.js";
import { mul } from "./mul.js";
import { applyBroadcast, type Operand } from "./operands.js";
import { select } from "./select.js";
import { sub } from "./sub.js";

export const maximumOp = defineBinary({
  name: "maximum",
  scalar: "max",
  accepts: NUMERIC,
  value: (a, b) => Math.max(a, b),
  vjp({ inputs: [a, b], cotangents: [g] }) {
    const share = select(equal(a, b), 0.5, cast(less(b, a), "f32"));
    return [mul(g, share), mul(g, sub(1, share))];
  },
  examples: givenExample("f32", [1, 2, -3, 0.5], [2, 1, -1, -0.5]),
});

/** The larger of `a` and `b`, with broadcasting; NaN wins. Where they tie, each gets half the gradient. */
export const maximum = (a: Operand, b: Operand): Tensor => applyBroadcast(maximumOp, a, b);
