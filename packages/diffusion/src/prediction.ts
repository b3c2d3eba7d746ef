import { Tensor } from "@isoflop/tensor";
import { type Arithmetic, combine, numbers, tensors } from "./arithmetic.js";
import { DiffusionError } from "./errors.js";
import type { Coefficients, Path } from "./path.js";

/**
 * What a network says about x_t = alpha x + sigma noise.
 * - `velocity`: d x_t / dt = alpha' x + sigma' noise, from data to noise.
 * - `noise`, `data`: the two ends.
 * - `v`: alpha noise - sigma x (Salimans and Ho, arXiv 2202.00512), another thing than velocity but for the cosine path, where
 *   velocity is π/2 times it.
 * - `score`: -noise / sigma, the gradient of the log-density.
 */
export const predictions = ["velocity", "noise", "data", "v", "score"] as const;
export type Prediction = (typeof predictions)[number];

/** Every prediction is p · x + q · noise. */
interface Mixture<T> {
  readonly p: T | number;
  readonly q: T | number;
}

const mixture = <T>(m: Arithmetic<T>, c: Coefficients<T>, kind: Prediction): Mixture<T> => {
  switch (kind) {
    case "velocity":
      return { p: c.alphaDot, q: c.sigmaDot };
    case "noise":
      return { p: 0, q: 1 };
    case "data":
      return { p: 1, q: 0 };
    case "v":
      return { p: m.mul(c.sigma, -1), q: c.alpha };
    case "score":
      return { p: 0, q: m.div(-1, c.sigma) };
  }
};

const difference = <T>(m: Arithmetic<T>, a: T | number, b: T | number, c: T | number, d: T | number): T | number => {
  if (a === 0 || b === 0) return c === 0 || d === 0 ? 0 : m.mul(m.mul(c, d), -1);
  return c === 0 || d === 0 ? m.mul(a, b) : m.sub(m.mul(a, b), m.mul(c, d));
};

/**
 * p sigma - q alpha: how a prediction moves with the data at fixed x_t, times sigma. Where it is 0 the prediction and x_t say
 * the same thing, and nothing else follows from them.
 */
export const determinant = <T>(m: Arithmetic<T>, c: Coefficients<T>, kind: Prediction): T | number => {
  const { p, q } = mixture(m, c, kind);
  return difference(m, p, c.sigma, q, c.alpha);
};

/** What a prediction should be, from data and noise. */
export const target = <T>(m: Arithmetic<T>, c: Coefficients<T>, kind: Prediction, x: T, noise: T): T => {
  const { p, q } = mixture(m, c, kind);
  if (p === 0 && q === 1) return noise;
  if (p === 1 && q === 0) return x;
  return combine(m, p, x, q, noise);
};

/** From one prediction `value` at x_t to another: the inverse of two equations in x and noise. */
export const convertWith = <T>(
  m: Arithmetic<T>,
  c: Coefficients<T>,
  from: Prediction,
  to: Prediction,
  value: T,
  xt: T,
): T => {
  if (from === to) return value;
  const [{ p, q }, { p: r, q: s }] = [mixture(m, c, from), mixture(m, c, to)];
  const d = difference(m, p, c.sigma, q, c.alpha);
  const ofValue = m.div(difference(m, r, c.sigma, s, c.alpha), d);
  const across = difference(m, s, p, r, q);
  return across === 0 ? m.mul(value, ofValue) : combine(m, ofValue, value, m.div(across, d), xt);
};

/** Below this a determinant is nothing but rounding. */
const negligible = 1e-9;

/**
 * @throws DiffusionError("singular") where `from` does not determine anything else at time t, such as noise at t = 1 on the linear path
 */
export const checkConvertible = (path: Path, from: Prediction, t: number): void => {
  const d = determinant(numbers, path.at(t), from) as number;
  if (Math.abs(d) > negligible && Number.isFinite(d)) return;
  throw new DiffusionError(
    "singular",
    `${from} at t = ${t} on the ${path.name} path says no more than x_t itself; stay away from t = ${t} or predict something else.`,
  );
};

/** Which prediction is given, and which is wanted. */
export interface Conversion {
  readonly from: Prediction;
  readonly to: Prediction;
}

/** Converts a prediction at x_t: numbers with a number t, tensors with t that broadcasts against them. */
export interface Convert {
  (path: Path, conversion: Conversion, value: number, xt: number, t: number): number;
  (path: Path, conversion: Conversion, value: Tensor, xt: Tensor, t: Tensor): Tensor;
}

/**
 * @throws DiffusionError("singular") for a number t at which the given prediction does not determine the wanted one
 */
export const convert: Convert = ((
  path: Path,
  { from, to }: Conversion,
  value: number & Tensor,
  xt: number & Tensor,
  t: number | Tensor,
) => {
  if (t instanceof Tensor) return convertWith<Tensor>(tensors, path.at(t), from, to, value, xt);
  if (from !== to) checkConvertible(path, from, t);
  return convertWith<number>(numbers, path.at(t), from, to, value, xt);
}) as Convert;
