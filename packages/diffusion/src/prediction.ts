import { choice, positive, record } from "@isoflop/spec";
import { Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { type Arithmetic, combine, numbers, tensors } from "./arithmetic.js";
import { check, checkPath } from "./checks.js";
import { must } from "./errors.js";
import type { Coefficients, Path } from "./path.js";

/**
 * What a network says about x_t = alpha x + sigma noise.
 * - `velocity`: d x_t / dt = alpha' x + sigma' noise, from data to noise.
 * - `noise`, `data`: the two ends.
 * - `v`: alpha noise - sigma x (Salimans and Ho, arXiv 2202.00512), another thing than velocity but for the cosine path, where
 *   velocity is π/2 times it.
 * - `score`: -noise / sigma, the gradient of the log-density.
 * - `F`: what EDM's network says (Karras et al., arXiv 2206.00364, table 1): (data - c_skip x_t) / c_out, which has variance 1 for data of
 *   standard deviation sigmaData: 0.5, unless a record says another. For sigmaData 1 on a variance-preserving path it is -v.
 */
export const predictions = ["velocity", "noise", "data", "v", "score", "F"] as const;
export type PredictionName = (typeof predictions)[number];

/** EDM's F for data of another standard deviation. */
export interface Preconditioned {
  readonly kind: "F";
  readonly sigmaData: number;
}
export type Prediction = PredictionName | Preconditioned;

const EDM_SIGMA_DATA = 0.5;
const preconditioned = record({ kind: v.literal("F"), sigmaData: v.optional(positive, EDM_SIGMA_DATA) });

/** A prediction: its name, or the record of F. */
export const predictionSchema: v.GenericSchema<PredictionName | Preconditioned, Prediction> = v.lazy(
  (value: unknown) => {
    // Asked without a value, as for its JSON Schema, it is either.
    const names = `one of ${predictions.map((name) => JSON.stringify(name)).join(", ")}`;
    if (value === undefined) return v.union([choice(predictions), preconditioned], names);
    return typeof value === "object" && value !== null ? preconditioned : choice(predictions);
  },
) as never;

const nameOf = (prediction: Prediction): PredictionName =>
  typeof prediction === "string" ? prediction : prediction.kind;
const sigmaDataOf = (prediction: Prediction): number =>
  typeof prediction === "string" ? EDM_SIGMA_DATA : prediction.sigmaData;

/** Whether two predictions are one. */
export const same = (a: Prediction, b: Prediction): boolean =>
  nameOf(a) === nameOf(b) && (nameOf(a) !== "F" || sigmaDataOf(a) === sigmaDataOf(b));

/** A prediction in words. */
export const told = (prediction: Prediction): string =>
  typeof prediction === "string" ? prediction : `${prediction.kind} of sigmaData ${prediction.sigmaData}`;

/** p · x + q · noise. */
interface Mixture<T> {
  readonly p: T | number;
  readonly q: T | number;
}

/** A prediction as a mixture that is finite on all of 0..1: itself, or -sigma times one that is infinite at t = 0. */
interface FiniteMixture<T> extends Mixture<T> {
  /** The prediction itself where this is -sigma times it. */
  readonly unscaled?: Mixture<T>;
}

/** Standard deviation of x_t for data of standard deviation sigmaData. */
export const dataDeviation = <T>(m: Arithmetic<T>, { alpha, sigma }: Coefficients<T>, sigmaData: number): T => {
  const scaled = m.mul(alpha, sigmaData);
  return m.sqrt(m.add(m.mul(scaled, scaled), m.mul(sigma, sigma)));
};

export const mixture = <T>(m: Arithmetic<T>, c: Coefficients<T>, kind: Prediction): FiniteMixture<T> => {
  switch (nameOf(kind)) {
    case "velocity": {
      const velocity = { p: c.alphaDot, q: c.sigmaDot };
      if (c.sigmaSigmaDot === undefined) return velocity;
      return { p: m.mul(m.mul(c.alphaDot, c.sigma), -1), q: m.mul(c.sigmaSigmaDot, -1), unscaled: velocity };
    }
    case "noise":
      return { p: 0, q: 1 };
    case "data":
      return { p: 1, q: 0 };
    case "v":
      return { p: m.mul(c.sigma, -1), q: c.alpha };
    case "score":
      return { p: 0, q: 1, unscaled: { p: 0, q: m.div(-1, c.sigma) } };
    case "F": {
      const sigmaData = sigmaDataOf(kind);
      const deviation = dataDeviation(m, c, sigmaData);
      return {
        p: m.div(c.sigma, m.mul(deviation, sigmaData)),
        q: m.div(m.mul(c.alpha, -sigmaData), deviation),
      };
    }
  }
};

const difference = <T>(m: Arithmetic<T>, a: T | number, b: T | number, c: T | number, d: T | number): T | number => {
  if (a === 0 || b === 0) return c === 0 || d === 0 ? 0 : m.mul(m.mul(c, d), -1);
  return c === 0 || d === 0 ? m.mul(a, b) : m.sub(m.mul(a, b), m.mul(c, d));
};

/**
 * p sigma - q alpha: how a mixture moves with the data at fixed x_t, times sigma. Where it is 0 the mixture and x_t say
 * the same thing, and nothing else follows from them.
 */
const determinant = <T>(m: Arithmetic<T>, c: Coefficients<T>, { p, q }: Mixture<T>): T | number =>
  difference(m, p, c.sigma, q, c.alpha);

/** Noise and score are: one says what the other says, at any time. */
const alike = <T>(a: Mixture<T>, b: Mixture<T>): boolean => a.p === b.p && a.q === b.q;

/** The determinant of one mixture over that of another; of mixtures that are alike also where both are 0. */
const moves = <T>(m: Arithmetic<T>, c: Coefficients<T>, of: Mixture<T>, than: Mixture<T>): T | number =>
  alike(of, than) ? 1 : m.div(determinant(m, c, of), determinant(m, c, than));

/** What a mixture should be, from data and noise. */
export const target = <T>(m: Arithmetic<T>, { p, q }: Mixture<T>, x: T, noise: T): T => {
  if (p === 0 && q === 1) return noise;
  if (p === 1 && q === 0) return x;
  return combine(m, p, x, q, noise);
};

/**
 * What an error of the prediction `of` is, up to its sign, for an error of 1 in `space` at fixed x_t. Where `space` is `measured`,
 * it is by its mixture, -sigma times the prediction where that is infinite at t = 0.
 */
export const errorRatio = <T>(
  m: Arithmetic<T>,
  c: Coefficients<T>,
  of: Prediction,
  space: Prediction,
  measured: boolean,
): T | number => {
  const [from, to] = [mixture(m, c, of), mixture(m, c, space)];
  const ratio = same(of, space) ? 1 : moves(m, c, from, to);
  const scaled = to.unscaled !== undefined && !measured;
  if ((from.unscaled !== undefined) === scaled) return ratio;
  return scaled ? m.mul(ratio, c.sigma) : m.div(ratio, c.sigma);
};

/** A prediction at x_t as ofValue · another + ofXt · x_t. */
export interface Combination<T> {
  readonly ofValue: T | number;
  readonly ofXt: T | number;
}

/** One prediction from another: the inverse of two equations in x and noise. */
const combination = <T>(m: Arithmetic<T>, c: Coefficients<T>, from: Prediction, to: Prediction): Combination<T> => {
  if (same(from, to)) return { ofValue: 1, ofXt: 0 };
  const [a, b] = [mixture(m, c, from), mixture(m, c, to)];
  const scale = m.mul(c.sigma, -1);
  const ratio = moves(m, c, b, a);
  const across = (x: Mixture<T>, y: Mixture<T>): T | number => {
    const found = difference(m, x.q, y.p, x.p, y.q);
    return found === 0 ? 0 : m.div(found, determinant(m, c, a));
  };
  if (a.unscaled && b.unscaled)
    // Velocity and score: of the two, velocity has the noise that the score's p, 0, takes away.
    return { ofValue: ratio, ofXt: from === "velocity" ? across(b, a.unscaled) : across(b.unscaled, a) };
  if (b.unscaled) return { ofValue: m.div(ratio, scale), ofXt: across(b.unscaled, a) };
  return { ofValue: a.unscaled ? m.mul(ratio, scale) : ratio, ofXt: across(b, a) };
};

/** Below this a determinant is nothing but rounding. */
const negligible = 1e-9;

/** Whether a prediction says anything that x_t does not: noise does not where all of x_t is noise. */
export const determines = (c: Coefficients<number>, prediction: Prediction): boolean =>
  Math.abs(determinant(numbers, c, mixture(numbers, c, prediction)) as number) > negligible;

/**
 * One prediction from another at a time of the host, in float64.
 * @throws DiffusionError("singular") where `from` does not determine anything else at time t, such as noise at t = 1 on
 * the linear path, or where `to` is infinite
 */
export const combinationAt = (path: Path, from: Prediction, to: Prediction, t: number): Combination<number> => {
  const c = path.at(t);
  const found = combination(numbers, c, from, to);
  if (same(from, to)) return found;
  const [place, stay] = [`at t = ${t} on the ${path.name} path`, `stay away from t = ${t} or predict something else`];
  const [given, wanted] = [mixture(numbers, c, from), mixture(numbers, c, to)];
  const determined = alike(given, wanted) || determines(c, from);
  must(determined, "singular", `${told(from)} ${place} says no more than x_t itself; ${stay}.`);
  const finite = Number.isFinite(found.ofValue) && Number.isFinite(found.ofXt);
  must(finite, "singular", `${told(to)} ${place} is infinite; ${stay}.`);
  return found;
};

/** ofValue · value + ofXt · x_t. */
export const combined = <T>(m: Arithmetic<T>, { ofValue, ofXt }: Combination<T>, value: T, xt: T): T =>
  ofValue === 1 && ofXt === 0 ? value : combine(m, ofValue, value, ofXt, xt);

/** Which prediction is given, and which is wanted. */
export interface Conversion {
  readonly from: Prediction;
  readonly to: Prediction;
}

/**
 * Converts a prediction at x_t. A number t is computed with in float64, and is a constant of the graph beside tensors; a
 * tensor t broadcasts against them and is f32: near noise 1 - t then has only the digits that t's rounding leaves.
 */
export interface Convert {
  (path: Path, conversion: Conversion, value: number, xt: number, t: number): number;
  (path: Path, conversion: Conversion, value: Tensor, xt: Tensor, t: Tensor | number): Tensor;
}

/**
 * @throws DiffusionError("singular") for a number t at which the given prediction does not determine the wanted one,
 * ("option") for a t outside 0..1 or a prediction of another name
 */
export const convert: Convert = (<T extends number | Tensor>(
  path: Path,
  { from, to }: Conversion,
  value: T,
  xt: T,
  t: number | Tensor,
): number | Tensor => {
  checkPath("convert", path);
  check(predictionSchema, from, "convert: from");
  check(predictionSchema, to, "convert: to");
  if (t instanceof Tensor)
    return combined<Tensor>(tensors, combination(tensors, path.at(t), from, to), value as Tensor, xt as Tensor);
  const { ofValue, ofXt } = combinationAt(path, from, to, t);
  if (typeof value === "number") return combined(numbers, { ofValue, ofXt }, value, xt as number);
  return combined<Tensor>(tensors, { ofValue, ofXt }, value, xt as Tensor);
}) as Convert;
