import { shown } from "@isoflop/spec";
import type { Device } from "@isoflop/tensor";
import { Tensor } from "@isoflop/tensor";
import { type Arithmetic, type Dual, numbers, tensors } from "./arithmetic.js";
import { check, checkPath, checkTensor, unit } from "./checks.js";
import { bracketed, must } from "./errors.js";

/** x_t = alpha · x + sigma · noise, and the derivatives of both by t. */
export interface Coefficients<T> {
  readonly alpha: T | number;
  readonly sigma: T | number;
  readonly alphaDot: T | number;
  readonly sigmaDot: T | number;
  /** sigma · sigmaDot, named where sigmaDot is infinite at t = 0: the product stays finite there. */
  readonly sigmaSigmaDot?: T | number;
  /** On a path of discrete steps, which of the original process's it is, 0 to steps - 1, between them in proportion; -1 at data. */
  readonly index?: T | number;
}

/** How data becomes noise: t = 0 is data, t = 1 is noise. */
export interface Path {
  readonly name: string;
  /** In float64. @throws DiffusionError("option") unless t is in 0..1 */
  at(t: number): Coefficients<number>;
  /** In f32, of a tensor of times in 0..1. @throws DiffusionError("option") for a path of tables that is not yet on a device */
  at(t: Tensor): Coefficients<Tensor>;
  /**
   * The time at which noise stands to signal, sigma / alpha, as given; the nearest end where it never does. A tensor needs a path with a
   * formula for it.
   */
  readonly timeAt: Dual;
  /** A path of tables with its tables on a device: what a compiled program reads. Absent where formulas are all there is. */
  on?(device: Device): Path;
}

/** Where within low..high a function that rises there has a value. */
export const bisected = (rising: (t: number) => number, wanted: number, from = 0, to = 1): number => {
  let [low, high] = [from, to];
  for (let i = 0; i < 1100 && high - low > 1e-16 * high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (rising(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** {@link Path.timeAt} of a path's coefficients; numbers without a formula are found by bisection. */
export const inverseOf = (
  name: string,
  at: (t: number) => Coefficients<number>,
  formula?: <T>(m: Arithmetic<T>, ratio: T) => T,
): Dual => {
  const ratioAt = (t: number): number => {
    const { alpha, sigma } = at(t);
    return sigma / alpha;
  };
  return ((ratio: number | Tensor) => {
    if (ratio instanceof Tensor) {
      must(formula, "option", `the ${name} path has no formula for the time of a ratio; definePath takes one, timeAt.`);
      return formula(tensors, ratio);
    }
    must(
      typeof ratio === "number" && ratio >= 0,
      "option",
      `${name} path: noise to signal is ${ratio}; it must be at least 0.`,
    );
    if (ratio <= ratioAt(0)) return 0;
    if (ratio >= ratioAt(1)) return 1;
    return formula ? formula(numbers, ratio) : bisected(ratioAt, ratio);
  }) as Dual;
};

/**
 * A path from one formula, for numbers and tensors alike. Near t = 1 it keeps its digits if it is written in 1 - t, which f32 computes exactly.
 * @param timeAt the time of a ratio sigma / alpha within the path's, what densities in terms of noise draw by
 */
export const definePath = (
  name: string,
  formula: <T>(m: Arithmetic<T>, t: T) => Coefficients<T>,
  timeAt?: <T>(m: Arithmetic<T>, ratio: T) => T,
): Path => {
  must(
    typeof formula === "function",
    "option",
    `definePath: formula is ${shown(formula)}; it takes (m, t) => ({ alpha, … }).`,
  );
  return {
    name,
    at: ((t: number | Tensor) => {
      if (t instanceof Tensor) return formula(tensors, t);
      check(unit, t, `${name} path: t`);
      return formula(numbers, t);
    }) as Path["at"],
    timeAt: inverseOf(name, (t) => formula(numbers, t), timeAt),
  };
};

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
  tensors.add(alpha === 1 ? x : tensors.mul(x, alpha), tensors.mul(noise, sigma));

/**
 * Noisy samples x_t [n, ...] of data and noise [n, ...] at times t [n].
 * @throws DiffusionError("shape")
 */
export const interpolate = (path: Path, x: Tensor, noise: Tensor, t: Tensor): Tensor => {
  checkPath("interpolate", path);
  checkTensor("x is", x);
  checkTensor("noise is", noise, x);
  return mixed(path.at(besideBatch(t, x)), x, noise);
};
