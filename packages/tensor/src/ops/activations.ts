import { TensorError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import type { Shape } from "../shape.js";
import { checkElement, checkFinite, checkTensor } from "./arguments.js";
import { mul } from "./arithmetic.js";
import { less, lessEqual } from "./comparison.js";
import { type Pointwise, pointwise } from "./elementwise.js";
import { maximum, minimum } from "./maximum-and-minimum.js";
import { normalCdf } from "./normal-cdf.js";
import { select } from "./select.js";
import { sigmoid } from "./sigmoid-and-tanh.js";

export const square: Pointwise = pointwise((x) => mul(x, x));

/** x sigmoid(x), also called swish. */
export const silu: Pointwise = pointwise((x) => mul(x, sigmoid(x)));

/** max(x, 0); NaN stays. Its gradient at 0 is 0. */
export const relu: Pointwise = pointwise((x) => select(lessEqual(x, 0), 0, x));

/** min(max(x, 0), 6); NaN stays. Its gradient at 0 and at 6 is 0. */
export const relu6: Pointwise = pointwise((x) => select(lessEqual(6, x), 6, relu(x)));

export const leakyRelu = <S extends Shape>(x: Tensor<S>, slope = 0.01): Tensor<S> => {
  checkFinite("leakyRelu", "slope", slope);
  return select(less(0, x), x, mul(x, slope)) as Tensor<S>;
};

/** GELU in its exact form, x (1 + erf(x / sqrt 2)) / 2. DiT uses the tanh form, `gelu`. */
export const geluErf: Pointwise = pointwise((x) => mul(x, normalCdf(x)));

/** Limits values to [low, high]; NaN stays. The gradient is 0 outside. */
export const clamp = <S extends Shape>(x: Tensor<S>, low: number, high: number): Tensor<S> => {
  checkTensor("clamp", x);
  for (const bound of [low, high]) checkElement("clamp", bound, x.dtype);
  if (!(low <= high)) throw new TensorError("argument", `clamp: low must not be above high, got ${low} and ${high}`);
  return minimum(maximum(x, low), high) as Tensor<S>;
};
