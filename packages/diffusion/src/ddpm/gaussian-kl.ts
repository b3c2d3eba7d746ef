import { add, exp, mul, type Operand, square, sub, type Tensor } from "@isoflop/tensor";

/** A normal distribution of single numbers. */
export interface Gaussian {
  readonly mean: Tensor;
  readonly logVariance: Operand;
}

/** KL(of ‖ from) of two normal distributions, number by number, in nats: of tensors that broadcast. */
export const gaussianKl = (of: Gaussian, from: Gaussian): Tensor => {
  const wider = sub(from.logVariance, of.logVariance);
  const widths = sub(add(exp(mul(wider, -1)), wider), 1);
  const apart = mul(square(sub(of.mean, from.mean)), exp(mul(from.logVariance, -1)));
  return mul(add(apart, widths), 0.5);
};
