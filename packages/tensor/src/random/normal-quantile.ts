import { mapEach } from "../graph/aval.js";
import type { Tensor } from "../graph/tensor.js";
import { add, mul, neg, sub } from "../ops/arithmetic.js";
import { less } from "../ops/comparison.js";
import { log } from "../ops/exp-and-log.js";
import { type Coefficients, polynomial } from "../ops/polynomial.js";
import { sqrt } from "../ops/roots.js";
import { select } from "../ops/select.js";

/** sqrt(pi / 2), the slope of the quantile at 0. */
const SLOPE = 1.2533141374588013;

/** As f32, so that the float64 reference evaluates the same polynomial. */
const rounded = (coefficients: Coefficients, factor = 1): Coefficients =>
  mapEach(coefficients, (c) => Math.fround(c * factor));

/**
 * (sqrt(2) erfinv(x) / x - SLOPE) / w for w = -log(1 - x^2) below 5, in powers of w - 2.5: least squares on Chebyshev points, relative error of
 * the quantile below 2^-24. Every term added to SLOPE is positive, so nothing cancels and backends stay within 2 ulp of each other.
 */
const CENTRE = rounded([
  -1.26764288e-8, 6.46150937e-8, 5.01102534e-7, -6.15055433e-6, 8.34161892e-6, 0.000287934468, -0.00249145436,
  0.000320915598, 0.347999722,
]);

/** sqrt(2) erfinv(x) / x for larger w, in powers of sqrt(w) - 3: Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2011). */
const TAIL = rounded(
  [
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
    1.00167406, 2.83297682,
  ],
  Math.SQRT2,
);

/** The standard normal quantile of (1 + x) / 2, for x in (-1, 1). */
export const normalQuantile = (x: Tensor): Tensor => {
  const w = neg(log(mul(sub(1, x), add(1, x))));
  const centre = add(mul(polynomial(CENTRE, sub(w, 2.5)), w), SLOPE);
  const tail = polynomial(TAIL, sub(sqrt(w), 3));
  return mul(select(less(w, 5), centre, tail), x);
};
