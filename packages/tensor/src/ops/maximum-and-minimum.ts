import type { Tensor } from "../graph/tensor.js";
import { mul, sub } from "./arithmetic.js";
import { cast } from "./cast.js";
import { equal, less } from "./comparison.js";
import { defineBinary, givenExample, NUMERIC } from "./elementwise.js";
import { applyBroadcast, type Operand } from "./operands.js";
import { select } from "./select.js";

/** `wins` is where the first operand is taken. */
const defineExtremum = (
  kind: "max" | "min",
  value: (a: number, b: number) => number,
  wins: (a: Tensor, b: Tensor) => Tensor,
) =>
  defineBinary({
    name: `${kind}imum`,
    scalar: kind,
    accepts: NUMERIC,
    value: (a, b) => value(a, b),
    vjp({ inputs: [a, b], cotangents: [g] }) {
      const share = select(equal(a, b), 0.5, cast(wins(a, b), "f32"));
      return [mul(g, share), mul(g, sub(1, share))];
    },
    examples: givenExample("f32", [1, 2, -3, 0.5], [2, 1, -1, -0.5]),
  });

export const maximumOp = defineExtremum("max", Math.max, (a, b) => less(b, a));
export const minimumOp = defineExtremum("min", Math.min, less);

/** The larger of `a` and `b`, with broadcasting; NaN wins. Where they tie, each gets half the gradient. */
export const maximum = (a: Operand, b: Operand): Tensor => applyBroadcast(maximumOp, a, b);

/** The smaller of `a` and `b`, with broadcasting; NaN wins. Where they tie, each gets half the gradient. */
export const minimum = (a: Operand, b: Operand): Tensor => applyBroadcast(minimumOp, a, b);
