import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { abs } from "./abs.js";
import { add } from "./add.js";
import { erf } from "./erf.js";
import { exp } from "./exp.js";
import { less } from "./less.js";
import { log } from "./log.js";
import { maximum } from "./maximum.js";
import { minimum } from "./minimum.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { select } from "./select.js";
import { sigmoid } from "./sigmoid.js";

type Pointwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
const pointwise = (f: (x: Tensor) => Tensor): Pointwise => f as Pointwise;

export const square: Pointwise = pointwise((x) => mul(x, x));

/** x sigmoid(x), also called swish. */
export const silu: Pointwise = pointwise((x) => mul(x, sigmoid(x)));

/** Its gradient at 0 is 0. */
export const relu: Pointwise = pointwise((x) => select(less(0, x), x, 0));

export const leakyRelu = <S extends Shape>(x: Tensor<S>, slope = 0.01): Tensor<S> =>
  select(less(0, x), x, mul(x, slope)) as Tensor<S>;

/** log(1 + exp(x)), without overflow. */
export const softplus: Pointwise = pointwise((x) => add(maximum(x, 0), log(add(1, exp(neg(abs(x)))))));

/** GELU in its exact form, x (1 + erf(x / sqrt 2)) / 2. DiT uses the tanh form, `gelu`. */
export const geluErf: Pointwise = pointwise((x) => mul(mul(x, 0.5), add(1, erf(mul(x, Math.SQRT1_2)))));

/** Limits values to [low, high]; the gradient is 0 outside. */
export const clamp = <S extends Shape>(x: Tensor<S>, low: number, high: number): Tensor<S> =>
  minimum(maximum(x, low), high) as Tensor<S>;
