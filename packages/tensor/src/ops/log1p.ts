import type { Tensor } from "../graph/tensor.js";
import { add, div, mul } from "./arithmetic.js";
import { less } from "./comparison.js";
import { log } from "./exp-and-log.js";
import { type Coefficients, polynomial } from "./polynomial.js";
import { select } from "./select.js";

/** 1/15, 1/13, ..., 1: for s <= 1/3 what is left out is 1.5e-9 of the sum. */
const ODD: Coefficients = [1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];

/**
 * log(1 + z) for z in [0, 1], to the last bits even where 1 + z rounds to 1: the series of 2 artanh(z / (2 + z)). Nothing cancels, so there is
 * no difference that a compiler might simplify.
 */
export const log1pOfUnit = (z: Tensor): Tensor => {
  const s = div(z, add(z, 2));
  const square = mul(s, s);
  return mul(mul(s, 2), polynomial(ODD, square));
};

/** The same for z >= 0. For use in ops with gradient rules of their own: the branch not taken may be NaN. */
export const log1p = (z: Tensor): Tensor => select(less(z, 1), log1pOfUnit(z), log(add(z, 1)));
