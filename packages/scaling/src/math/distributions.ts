/** Distributions needed for intervals, to about 1e-13; formulas from Abramowitz & Stegun and Numerical Recipes ch. 6. */

import { bisect } from "./search.js";

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

export const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const z = x - 1;
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
};

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/**
 * Regularised incomplete beta I_x(a, b) by its continued fraction (A&S 26.5.8).
 * @param lnB ln B(a, b), for callers that need many x
 */
export const incompleteBeta = (x: number, a: number, b: number, lnB = logBeta(a, b)): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a, lnB);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - lnB) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1), tiny);
  let h = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d, tiny);
    c = guard(1 + even / c, tiny);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d, tiny);
    c = guard(1 + odd / c, tiny);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return front * h;
};

const guard = (v: number, tiny: number) => (Math.abs(v) < tiny ? tiny : v);

/** Regularised lower incomplete gamma P(a, x). */
export const incompleteGamma = (a: number, x: number): number => {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 5000 && Math.abs(term) > Math.abs(sum) * 1e-16; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return front * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 5000; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / guard(an * d + b, 1e-300);
    c = guard(b + an / c, 1e-300);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return 1 - front * h;
};

export const normalCdf = (z: number): number => {
  if (z === 0) return 0.5;
  const tail = 0.5 * (1 - incompleteGamma(0.5, (z * z) / 2));
  return z < 0 ? tail : 1 - tail;
};

export const normalQuantile = (p: number): number => quantileBySearch(p, normalCdf);

/** Student's t distribution function with `nu` degrees of freedom, to be called for many t; Infinity gives the normal. */
export const studentDistribution = (nu: number): ((t: number) => number) => {
  if (!Number.isFinite(nu)) return normalCdf;
  const lnB = logBeta(nu / 2, 0.5);
  return (t) => {
    const tail = 0.5 * incompleteBeta(nu / (nu + t * t), nu / 2, 0.5, lnB);
    return t < 0 ? tail : 1 - tail;
  };
};

export const studentCdf = (t: number, nu: number): number => studentDistribution(nu)(t);

export const studentQuantile = (p: number, nu: number): number => quantileBySearch(p, studentDistribution(nu));

const factors = new Map<number, number>();

/** Half-width factor of a two-sided 95 % interval. Remembered, because every refit of a bootstrap asks for the same few. */
export const studentFactor95 = (nu: number): number => {
  if (!(nu > 0)) return Number.POSITIVE_INFINITY;
  const factor = factors.get(nu) ?? studentQuantile(0.975, nu);
  factors.set(nu, factor);
  return factor;
};

/** P(F > f) for an F distribution with d1 and d2 degrees of freedom. */
export const fSurvival = (f: number, d1: number, d2: number): number =>
  f <= 0 ? 1 : incompleteBeta(d2 / (d2 + d1 * f), d2 / 2, d1 / 2);

/** P(χ² > x) with k degrees of freedom. */
export const chiSquareSurvival = (x: number, k: number): number => 1 - incompleteGamma(k / 2, x / 2);

/** x of P(χ² < x) = p with k degrees of freedom. */
export const chiSquareQuantile = (p: number, k: number): number => {
  let high = k;
  while (incompleteGamma(k / 2, high / 2) < p) high *= 2;
  return bisect((x) => incompleteGamma(k / 2, x / 2) - p, 0, high);
};

/** Inverts an increasing distribution function that is symmetric about zero. */
const quantileBySearch = (p: number, cdf: (x: number) => number): number => {
  if (!(p > 0 && p < 1)) return p <= 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (p > 0.5) return -quantileBySearch(1 - p, cdf);
  let low = -1;
  while (cdf(low) > p && low > -1e150) low *= 2;
  let high = 0;
  for (let i = 0; i < 200 && high - low > 1e-15 * Math.abs(low); i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
