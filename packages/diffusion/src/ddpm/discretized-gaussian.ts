import type { Tensor } from "@isoflop/tensor";
import { type Arithmetic, tensors } from "../arithmetic.js";
import { checkedLevels, type Levels, spacingOf } from "../levels.js";

/** log(erfc(z) / t) + z² in powers of t = 1 / (1 + z / 2), highest first: Numerical Recipes' erfcc, off by 1.2e-7. */
const TAIL = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
] as const;

const absolute = <T>(m: Arithmetic<T>, x: T): T => m.max(x, m.mul(x, -1));

/** log Φ(-z) for z of at least 0. */
const logTail = <T>(m: Arithmetic<T>, z: T): T => {
  const t = m.div(1, m.add(m.mul(z, Math.SQRT1_2 / 2), 1));
  const [first, second, ...rest] = TAIL;
  const series = rest.reduce<T>((sum, c) => m.add(m.mul(sum, t), c), m.add(m.mul(t, first), second));
  return m.add(m.sub(m.add(m.log(t), series), m.mul(m.mul(z, z), 0.5)), -Math.LN2);
};

/** log(1 - p) for p in 0..1/2, with its digits where p is small. */
const logWithout = <T>(m: Arithmetic<T>, p: T): T => {
  const series = m.mul(p, m.sub(m.mul(p, m.sub(m.mul(p, m.sub(m.mul(p, -1 / 4), 1 / 3)), 1 / 2)), 1));
  return m.choose(p, 0.01, series, m.log(m.sub(1, m.min(p, 0.6))));
};

/** log Φ(z), the logarithm of the standard normal distribution function, with its digits in both tails. */
export const logNormalCdf = <T>(m: Arithmetic<T>, z: T): T => {
  const tail = logTail(m, absolute(m, z));
  return m.choose(z, 0, tail, logWithout(m, m.exp(tail)));
};

/** Below this half-width a bin is narrow: its mass is a density times its width. */
const NARROW = 0.05;
/** Below this log(sinh g / g) is its series. */
const FLAT = 0.3;

/** log(sinh g / g) for g of at least 0. */
const logSinhOver = <T>(m: Arithmetic<T>, g: T): T => {
  const square = m.mul(g, g);
  const series = m.mul(square, m.sub(1 / 6, m.mul(square, 1 / 180)));
  const large = m.max(g, FLAT);
  const grown = m.sub(m.add(large, m.log(m.sub(1, m.exp(m.mul(large, -2))))), m.log(m.mul(large, 2)));
  return m.choose(g, FLAT, series, grown);
};

/**
 * log(Φ(c + h) - Φ(c - h)), nowhere by the difference of two numbers that are nearly equal. Both branches are finite everywhere, and so are gradients.
 */
const logMass = <T>(m: Arithmetic<T>, c: T, h: T): T => {
  const out = absolute(m, c);
  const [narrow, wide] = [m.min(h, NARROW), m.max(h, NARROW)];
  const density = m.sub(m.log(m.mul(narrow, 2 / Math.sqrt(2 * Math.PI))), m.mul(m.mul(out, out), 0.5));
  const bend = m.sub(logSinhOver(m, m.mul(out, narrow)), m.mul(m.mul(narrow, narrow), 1 / 6));
  const upper = logNormalCdf(m, m.sub(wide, out));
  const lower = logTail(m, m.add(wide, out));
  const between = m.add(upper, m.log(m.sub(1, m.exp(m.sub(lower, upper)))));
  return m.choose(h, NARROW, m.add(density, bend), between);
};

/**
 * The logarithm of the share that a normal distribution gives the level of each number of x, in nats: from half a level below to half a level above,
 * and without end beyond the first and last (Ho et al., arXiv 2006.11239, equation 13). By logarithms of the distribution function rather than the
 * logarithm of a difference, so that it keeps its digits, and has a gradient, however narrow or far off the normal is.
 *
 * @param x tensors of one shape, or that broadcast; numbers of x are taken for levels
 * @param options 256 levels from -1 to 1 unless told
 * @throws DiffusionError("option") for levels that are none
 */
export const discretizedGaussianLogLikelihood = (
  x: Tensor,
  { mean, logDeviation }: { readonly mean: Tensor; readonly logDeviation: Tensor },
  options: Partial<Levels> = {},
): Tensor => {
  const levels = checkedLevels("discretizedGaussianLogLikelihood", options);
  const m = tensors;
  const inverse = m.exp(m.mul(logDeviation, -1));
  const c = m.mul(m.sub(x, mean), inverse);
  const h = m.mul(inverse, spacingOf(levels) / 2);
  const at = m.mul(m.sub(x, levels.range[0]), 1 / spacingOf(levels));
  const notFirst = m.choose(at, 0.5, logNormalCdf(m, m.add(c, h)), logMass(m, c, h));
  return m.choose(at, levels.levels - 1.5, notFirst, logNormalCdf(m, m.sub(h, c)));
};
