import type { Tensor } from "../graph/tensor.js";
import { powFloat64 } from "../reference-math.js";
import { bitAnd } from "./bit-and.js";
import { binaryExamples, defineElementwise, FLOAT } from "./elementwise.js";
import { equal } from "./equal.js";
import { lessEqual } from "./less-equal.js";
import { log } from "./log.js";
import { mul } from "./mul.js";
import { applyBroadcast, type Operand } from "./operands.js";
import { select } from "./select.js";
import { sub } from "./sub.js";

export const powOp = defineElementwise({
  name: "pow",
  scalar: "pow",
  accepts: FLOAT,
  value: powFloat64,
  vjp({ inputs: [a, b], outputs: [y], cotangents: [g] }) {
    const byBase = mul(b!, pow(a!, sub(b!, 1)));
    const byExponent = mul(y!, log(a!));
    // Where a factor is 0 the other may be infinite: x^0 is constant in x, 0^y in y >= 0.
    const flat = bitAnd(equal(a!, 0), lessEqual(0, b!));
    return [mul(g!, select(equal(b!, 0), 0, byBase)), mul(g!, select(flat, 0, byExponent))];
  },
  examples: binaryExamples([0.5, 2]),
});

/** `a` to the power `b`, with broadcasting and the special cases of IEEE 754: 1^NaN, NaN^0 and (-1)^Infinity are 1. */
export const pow = (a: Operand, b: Operand): Tensor => applyBroadcast(powOp, a, b);
