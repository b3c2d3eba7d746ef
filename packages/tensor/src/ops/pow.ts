import type { Tensor } from "../graph/tensor.js";
import { powFloat64 } from "../reference-math.js";
import { abs } from "./abs-and-sign.js";
import { mul, sub } from "./arithmetic.js";
import { bitAnd, logicalNot } from "./bits.js";
import { equal, less, lessEqual } from "./comparison.js";
import { defineBinary } from "./elementwise.js";
import { log } from "./exp-and-log.js";
import { applyBroadcast, type Operand } from "./operands.js";
import { select } from "./select.js";

export const powOp = defineBinary({
  name: "pow",
  scalar: "pow",
  range: [0.5, 2],
  value: powFloat64,
  vjp({ inputs: [a, b], outputs: [y], cotangents: [g] }) {
    // Where a factor is 0 the other may be infinite or NaN: x^0 is constant in x, 0^y in y >= 0. There the other is taken of 1 instead, so that
    // gradients of the gradient meet no infinity either; elsewhere both factors stay, for the mixed derivatives.
    const level = bitAnd(equal(b, 0), logicalNot(less(0, abs(a))));
    const flat = bitAnd(equal(a, 0), lessEqual(0, b));
    const byBase = mul(b, pow(select(level, 1, a), sub(b, 1)));
    const byExponent = mul(y, log(select(flat, 1, a)));
    return [mul(g, byBase), mul(g, byExponent)];
  },
});

/** `a` to the power `b`, with broadcasting and the special cases of IEEE 754: 1^NaN, NaN^0 and (-1)^Infinity are 1. */
export const pow = (a: Operand, b: Operand): Tensor => applyBroadcast(powOp, a, b);
