import type { Arithmetic } from "../arithmetic.js";

/** A normal by its mean and the logarithm of its variance. */
export interface Normal<T> {
  readonly mean: T;
  readonly logVariance: T;
}

/** Below this the series of {@link excess} has all digits of float64 after so many terms. */
const [NEAR, TERMS] = [0.3, 12];

/** exp(-r) - 1 + r, with its digits where r is small: it is then r² / 2. */
export const excess = <T>(m: Arithmetic<T>, r: T): T => {
  let series: T | number = 1 / (TERMS + 2);
  for (let k = TERMS + 1; k >= 2; k--) series = m.div(m.sub(1, m.mul(r, series)), k);
  const square = m.mul(r, r);
  const near = m.mul(square, series);
  return m.choose(square, NEAR ** 2, near, m.add(m.sub(m.exp(m.mul(r, -1)), 1), r));
};

/**
 * Divergence of a normal from another, KL(a ‖ b), in nats, elementwise: ½ (e^-r - 1 + r + (difference of means)² / variance of b), r the log of
 * b's variance over a's. It keeps its digits where the two are all but one.
 */
export const gaussianKl = <T>(m: Arithmetic<T>, a: Normal<T>, b: Normal<T>): T => {
  const [r, apart] = [m.sub(b.logVariance, a.logVariance), m.sub(a.mean, b.mean)];
  const scaled = m.mul(m.mul(apart, apart), m.exp(m.mul(b.logVariance, -1)));
  return m.mul(m.add(excess(m, r), scaled), 0.5);
};
