import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { constant } from "../ops/constant.js";
import { less } from "../ops/less.js";
import { log } from "../ops/log.js";
import { mul } from "../ops/mul.js";
import { neg } from "../ops/neg.js";
import { select } from "../ops/select.js";
import { sqrt } from "../ops/sqrt.js";
import { sub } from "../ops/sub.js";

/** Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2011), single precision. */
const CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

const horner = (coefficients: readonly number[], w: Tensor): Tensor =>
  coefficients.slice(1).reduce<Tensor>((p, c) => add(mul(p, w), c), constant(coefficients[0]!));

/** Inverse error function on (-1, 1). */
export const erfInv = (x: Tensor): Tensor => {
  const w = neg(log(mul(sub(1, x), add(1, x))));
  const centre = horner(CENTRE, sub(w, 2.5));
  const tail = horner(TAIL, sub(sqrt(w), 3));
  return mul(select(less(w, 5), centre, tail), x);
};
