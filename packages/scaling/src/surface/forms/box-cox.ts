/**
 * φ(n; k) = (e^(kn) − 1)/k: for n = ln N the power (N^k − 1)/k, which goes smoothly over into ln N at k = 0 (Box & Cox 1964,
 * doi:10.1111/j.2517-6161.1964.tb00553.x). φ(0) = 0 and φ′(0) = 1.
 */
export const boxCox = (n: number, k: number): number => {
  const x = k * n;
  return Math.abs(x) < NEAR ? n * series(x, RISE) : Math.expm1(x) / k;
};

/** ∂φ/∂k */
export const boxCoxSlope = (n: number, k: number): number => {
  const x = k * n;
  if (Math.abs(x) < NEAR) return n * n * series(x, BEND);
  const power = Math.exp(x);
  return (n * n * (x * power - (power - 1))) / (x * x);
};

/** A + B φ(n; k) about another origin: n is counted from `shift` on. */
export const boxCoxShifted = (
  [level, slope, k]: readonly [level: number, slope: number, k: number],
  shift: number,
): [level: number, slope: number, k: number] => [level + slope * boxCox(shift, k), slope * Math.exp(k * shift), k];

/** Below it the closed expressions lose digits, and seven terms of the series are exact. */
const NEAR = 0.05;
/** (e^x − 1)/x = Σ x^m / (m + 1)! */
const RISE = [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320];
/** (x e^x − e^x + 1)/x² = Σ x^m (m + 1) / (m + 2)! */
const BEND = [1 / 2, 1 / 3, 1 / 8, 1 / 30, 1 / 144, 1 / 840, 1 / 5760, 1 / 45360];

const series = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, coefficient) => coefficient + x * sum, 0);
