import type { Tensor } from "../graph/tensor.js";
import { erfcFloat64 } from "../reference-math.js";
import { abs } from "./abs-and-sign.js";
import { add, mul, neg, reciprocal, sub } from "./arithmetic.js";
import { bitcast } from "./bitcast.js";
import { bitAnd } from "./bits.js";
import { less } from "./comparison.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";
import { exp } from "./exp-and-log.js";
import { minimum } from "./maximum-and-minimum.js";
import { type Coefficients, polynomial } from "./polynomial.js";
import { select } from "./select.js";

/** From here on the tail is 0 in f32. */
const FAR = 20;

/** log(erfc(z) / t) + z^2 in powers of t = 1 / (1 + z / 2), highest first: Numerical Recipes' erfcc, relative error below 1.2e-7. */
const TAIL: Coefficients = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];

/** exp(-x^2 / 2) is taken in two factors, the first of an x cut to 12 bits so that its square is exact. */
const tailOf = (x: Tensor): Tensor => {
  const head = bitcast(bitAnd(bitcast(x, "u32"), 0xfffff000), "f32");
  const t = reciprocal(add(mul(x, Math.SQRT1_2 / 2), 1));
  const series = polynomial(TAIL, t);
  const low = mul(mul(sub(x, head), add(x, head)), 0.5);
  return mul(mul(mul(t, 0.5), exp(mul(mul(head, head), -0.5))), exp(sub(series, low)));
};

export const normalCdfOp = defineUnary({
  name: "normalCdf",
  range: [-4, 4],
  value: (x) => erfcFloat64(-x * Math.SQRT1_2) / 2,
  vjp: ({ inputs: [x], cotangents: [g] }) => [mul(g, mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI)))],
  decompose(x) {
    const tail = tailOf(minimum(abs(x), FAR));
    return select(less(x, 0), tail, add(neg(tail), 1));
  },
});

/** Standard normal distribution function, accurate relative to itself in its lower tail. */
export const normalCdf: Pointwise = recording(normalCdfOp);
