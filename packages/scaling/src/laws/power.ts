import { ScalingError } from "../errors.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import { leastSquares, type Matrix, quadraticForm } from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import { type Estimate, type Interval, type Outcome, refuse } from "../types.js";

/** y = coefficient · x^exponent, fitted by least squares of ln y on ln x. */
export interface PowerLaw {
  readonly kind: "power";
  readonly exponent: Estimate;
  /** In the unit of y at x = 1, usually far outside the data: read it with the exponent, never alone. */
  readonly coefficient: Estimate;
  /** Natural log of the coefficient: what was fitted. */
  readonly logCoefficient: Estimate;
  /** Covariance of (logCoefficient, exponent). */
  readonly covariance: Matrix;
  /** The objective: sum of weighted squared residuals of ln y. */
  readonly sumOfSquares: number;
  /** Standard deviation of ln y about the law; NaN without degrees of freedom. */
  readonly residualStandardDeviation: number;
  readonly degreesOfFreedom: number;
  readonly r2: number;
  readonly points: number;
}

export interface PowerLawOptions {
  /** Relative weights, 1 / variance of ln y up to a factor. */
  readonly weights?: readonly number[];
}

/**
 * Least squares in log-log. Intervals are Student's with n − 2 degrees of freedom; with two points they are infinite.
 * @throws ScalingError `bad-value` for a value that has no logarithm, with its 1-based position.
 */
export const powerLaw = (
  x: readonly number[],
  y: readonly number[],
  options: PowerLawOptions = {},
): Outcome<PowerLaw> => {
  const lx = logarithms("x", x);
  const ly = logarithms("y", y);
  if (lx.length !== ly.length) {
    throw new ScalingError("bad-value", `${x.length} values of x for ${y.length} of y; expected as many of each`);
  }
  // Centring keeps ln x ≈ 40 from costing ten digits of the intercept.
  const centre = lx.reduce((s, v) => s + v, 0) / Math.max(1, lx.length);
  const fit = leastSquares(
    lx.map((v) => [1, v - centre]),
    ly,
    options.weights,
  );
  if (!fit) return refuse("too-few-points", `a power law needs two distinct x; there are ${new Set(x).size}`);
  const [level, slope] = fit.coefficients as [number, number];
  const dof = fit.degreesOfFreedom;
  const variance = dof > 0 ? fit.rss / dof : Number.NaN;
  const unscaled = fit.unscaledCovariance;
  const toOrigin = [1, -centre];
  const covariance = [
    [variance * quadraticForm(unscaled, toOrigin), variance * (unscaled[0]![1]! - centre * unscaled[1]![1]!)],
    [variance * (unscaled[0]![1]! - centre * unscaled[1]![1]!), variance * unscaled[1]![1]!],
  ];
  const exponent = estimate(slope, Math.sqrt(covariance[1]![1]!), dof);
  const logCoefficient = estimate(level - slope * centre, Math.sqrt(covariance[0]![0]!), dof);
  const mean = weightedMean(ly, options.weights);
  const total = ly.reduce((s, v, i) => s + (options.weights?.[i] ?? 1) * (v - mean) ** 2, 0);
  return {
    ok: true,
    kind: "power",
    exponent,
    logCoefficient,
    coefficient: exponentiate(logCoefficient),
    covariance,
    sumOfSquares: fit.rss,
    residualStandardDeviation: Math.sqrt(variance),
    degreesOfFreedom: dof,
    r2: total > 0 ? 1 - fit.rss / total : 1,
    points: lx.length,
  };
};

export interface PowerLawPrediction {
  readonly value: number;
  /** Where the law itself is, at 95 %. */
  readonly ci95: Interval;
  /** Where one new point would fall, at 95 %: the law's uncertainty and the scatter about it. */
  readonly interval95: Interval;
}

/** The law at x. Extrapolation widens both intervals; a wrong functional form does not, so compare forms on held-out budgets. */
export const predictPowerLaw = (law: PowerLaw, x: number): PowerLawPrediction => {
  const lx = Math.log(x);
  const level = law.logCoefficient.value + law.exponent.value * lx;
  const ofLaw = quadraticForm(law.covariance, [1, lx]);
  const factor = studentFactor95(law.degreesOfFreedom);
  const around = (variance: number): Interval => {
    const half = law.degreesOfFreedom > 0 ? factor * Math.sqrt(Math.max(0, variance)) : Number.POSITIVE_INFINITY;
    return [Math.exp(level - half), Math.exp(level + half)];
  };
  return {
    value: Math.exp(level),
    ci95: around(ofLaw),
    interval95: around(ofLaw + law.residualStandardDeviation ** 2),
  };
};

const weightedMean = (values: readonly number[], weights: readonly number[] | undefined): number => {
  let sum = 0;
  let total = 0;
  values.forEach((v, i) => {
    const w = weights?.[i] ?? 1;
    sum += w * v;
    total += w;
  });
  return sum / total;
};
