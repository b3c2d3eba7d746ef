import type { Tensor } from "../graph/tensor.js";
import { add, mul } from "./arithmetic.js";
import { constant } from "./constant.js";

/** Coefficients of a polynomial, that of the highest power first. */
export type Coefficients = readonly [number, ...number[]];

/** A polynomial in `x` by Horner's rule. */
export const polynomial = ([first, ...rest]: Coefficients, x: Tensor): Tensor =>
  rest.reduce<Tensor>((p, c) => add(mul(p, x), c), constant(first));
