import { Tensor } from "@isoflop/tensor";
import { type Arithmetic, numbers, tensors } from "./arithmetic.js";
import { check, checkTensor, unit } from "./checks.js";
import { bracketed, must } from "./errors.js";

/** x_t = alpha · x + sigma · noise, and the derivatives of both by t. */
export interface Coefficients<T> {
  readonly alpha: T | number;
  readonly sigma: T | number;
  readonly alphaDot: T | number;
  readonly sigmaDot: T | number;
  /** sigma · sigmaDot, named where sigmaDot is infinite at t = 0: the product stays finite there. */
  readonly sigmaSigmaDot?: T | number;
}

/** How data becomes noise: t = 0 is data, t = 1 is noise. */
export interface Path {
  readonly name: string;
  /** In float64. @throws DiffusionError("option") unless t is in 0..1 */
  at(t: number): Coefficients<number>;
  /** In f32, of a tensor of times in 0..1. */
  at(t: Tensor): Coefficients<Tensor>;
}

/** A path from one formula, for numbers and tensors alike. Near t = 1 it keeps its digits if it is written in 1 - t, which f32 computes exactly. */
export const definePath = (name: string, formula: <T>(m: Arithmetic<T>, t: T) => Coefficients<T>): Path => ({
  name,
  at: ((t: number | Tensor) => {
    if (t instanceof Tensor) return formula(tensors, t);
    check(unit, t, `${name} path: t`);
    return formula(numbers, t);
  }) as Path["at"],
});

/** t [n] as [n, 1, ...] beside a batch x [n, ...], so that one number per sample multiplies the whole sample. */
export const besideBatch = (t: Tensor, x: Tensor): Tensor => {
  checkTensor("t is", t);
  const [n = 1, ...rest] = x.shape;
  const holds = t.rank === 1 && t.shape[0] === x.shape[0];
  must(holds, "shape", `t is ${bracketed(t.shape)}; x ${bracketed(x.shape)} takes one time per sample, [${n}].`);
  return t.reshape([n, ...rest.map(() => 1)]);
};

/** alpha x + sigma noise. */
export const mixed = ({ alpha, sigma }: Coefficients<Tensor>, x: Tensor, noise: Tensor): Tensor =>
  tensors.add(tensors.mul(x, alpha), tensors.mul(noise, sigma));

/**
 * Noisy samples x_t [n, ...] of data and noise [n, ...] at times t [n].
 * @throws DiffusionError("shape")
 */
export const interpolate = (path: Path, x: Tensor, noise: Tensor, t: Tensor): Tensor => {
  checkTensor("x is", x);
  checkTensor("noise is", noise, x);
  return mixed(path.at(besideBatch(t, x)), x, noise);
};
