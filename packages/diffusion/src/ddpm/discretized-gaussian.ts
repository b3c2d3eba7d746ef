import { number, record, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { Arithmetic } from "../arithmetic.js";
import { check } from "../checks.js";
import { must } from "../errors.js";

/** What a normal is asked for, and how it is cut into bins. */
export interface DiscretizedOptions {
  /** So many values, evenly spaced. Default 256, those of a byte. */
  readonly levels?: number;
  /** The first and the last of them. Default -1 and 1. */
  readonly range?: readonly [first: number, last: number];
  /** A bin has at least this probability. Default 1e-12, DDPM's, with which published numbers were made; 0 for none. */
  readonly least?: number;
}

const options = record({
  levels: v.optional(whole({ atLeast: 2 }), 256),
  range: v.optional(v.pipe(v.tuple([number(), number()], "two numbers"), v.readonly()), [-1, 1]),
  least: v.optional(number({ atLeast: 0, below: 1 }), 1e-12),
});

/** The normal's distribution as DDPM has it: a sigmoid of c (x + k x³), that is ½ (1 + tanh(√(2/π) (x + k x³))). */
const [C, K] = [2 * Math.sqrt(2 / Math.PI), 0.044715];

/** Half a thousandth of the range of a byte's values lies between DDPM's outermost bins and their edges: 0.001. */
const EDGE = 0.1275;

/** log(1 - exp(-x)) of x above 0, by a tanh, which has its digits where x is small. */
const log1mexp = <T>(m: Arithmetic<T>, x: T): T => {
  const h = m.tanh(m.mul(x, 0.5));
  return m.log(m.div(m.mul(h, 2), m.add(h, 1)));
};

/**
 * Log-probability, in nats, of the bin around each x under a normal about mean with standard deviation exp(logScale); the outermost bins reach
 * to infinity (Ho et al., arXiv 2006.11239, equation 13).
 *
 * The distribution is DDPM's, a sigmoid g: σ(B) - σ(A) over a bin is computed as log(1 - e^-(B - A)) - log(1 + e^-B) - log(1 + e^A), B - A from
 * the bin's width, so that narrow bins and thin tails keep their digits in f32, where the difference of two values has none.
 * @throws DiffusionError("option") for fewer than 2 levels, a range that does not rise or a `least` outside 0..1
 */
export const discretizedGaussianLogLikelihood = <T>(
  m: Arithmetic<T>,
  x: T,
  { mean, logScale }: { readonly mean: T; readonly logScale: T | number },
  given: DiscretizedOptions = {},
): T => {
  const { levels, range, least } = check(options, given, "discretizedGaussianLogLikelihood");
  const [first, last] = range;
  must(
    first! < last!,
    "option",
    `discretizedGaussianLogLikelihood: range is [${range.join(", ")}]; it takes two rising numbers.`,
  );
  const spacing = (last! - first!) / (levels - 1);
  const sharpness = m.exp(m.mul(m.add(m.mul(x, 0), logScale), -1));
  const apart = m.sub(x, mean);
  const cubic = (z: T): T => m.mul(m.add(z, m.mul(m.mul(m.mul(z, z), z), K)), C);
  const above = cubic(m.mul(m.add(apart, spacing / 2), sharpness));
  const below = cubic(m.mul(m.sub(apart, spacing / 2), sharpness));
  // g(b) - g(a) = c (b - a) (1 + k (b² + ab + a²)), all of it positive.
  const squares = m.mul(m.mul(sharpness, sharpness), m.add(m.mul(m.mul(apart, apart), 3), spacing ** 2 / 4));
  const width = m.mul(m.mul(sharpness, C * spacing), m.add(m.mul(squares, K), 1));
  const upTo = m.mul(m.softplus(m.mul(above, -1)), -1);
  const beyond = m.mul(m.softplus(below), -1);
  const inside = m.add(log1mexp(m, width), m.add(upTo, beyond));
  const [lowest, highest] = [first! + EDGE * spacing, last! - EDGE * spacing];
  const found = m.choose(x, lowest, upTo, m.choose(m.mul(x, -1), -highest, beyond, inside));
  return least === 0 ? found : m.max(found, Math.log(least));
};
