import { positive, ScalingError, sameLength } from "../../errors.js";
import { estimate, exponentiate } from "../../inference/estimate.js";
import { studentFactor95 } from "../../math/distributions.js";
import { leastSquares, quadraticForm, scaled } from "../../math/linear.js";
import { logarithms } from "../../math/logarithms.js";
import { type Interval, type Outcome, type Predicted, refuse } from "../../types.js";
import { logOf, monomial, type NamedNumbers } from "./monomial.js";
import type { HyperparameterLaw } from "./record.js";

export interface HyperparameterLawOptions {
  /** Products of the rows' names, such as `N` or `D/N`. Default: every name of the first row. */
  readonly predictors?: readonly string[] | undefined;
  /** Standard errors of ln y, one per row. Default: unknown and equal. */
  readonly sigma?: readonly number[] | undefined;
}

/**
 * Least squares of ln y on the logarithms of any number of predictors. With `sigma` each row weighs 1/σ², and the errors of the law are
 * those of σ times the Birge factor √(χ²/ν) where that is above 1: optima scatter more about a law than their own sweeps show.
 * @param rows one record per observation, every record with the same positive numbers
 * @returns a refusal where fewer observations than parameters plus one can be told apart
 * @throws ScalingError `bad-value` for a number that is missing or not positive
 */
export const hyperparameterLaw = (
  rows: readonly NamedNumbers[],
  y: readonly number[],
  options: HyperparameterLawOptions = {},
): Outcome<HyperparameterLaw> => {
  sameLength(rows, "rows", y, "values");
  const { predictors = Object.keys(rows[0] ?? {}), sigma } = options;
  const monomials = predictors.map(monomial);
  const logs = rows.map((row, i) => monomials.map((one) => logOf(one, row, i + 1)));
  const ly = logarithms("y", y);
  const weights = sigma && weightsOf(sigma, rows.length);
  const fit = leastSquares(
    logs.map((row) => [1, ...row]),
    ly,
    weights,
  );
  if (!fit || fit.degreesOfFreedom < 1) {
    const message = `${rows.length} observations cannot tell ${predictors.length} exponents and a coefficient apart`;
    return refuse("too-few-points", message);
  }
  const dof = fit.degreesOfFreedom;
  const spread = fit.rss / dof;
  // Of σ that are known, only what the scatter adds counts; of unknown ones the scatter is all there is.
  const variance = weights ? Math.max(1, spread) : spread;
  const covariance = scaled(fit.unscaledCovariance, variance);
  const at = (j: number) => estimate(fit.coefficients[j]!, Math.sqrt(covariance[j]![j]!), dof);
  const middling = weights ? weights.length / weights.reduce((s, w) => s + w, 0) : 1;
  const weight = (i: number) => weights?.[i] ?? 1;
  const mean = ly.reduce((s, v, i) => s + weight(i) * v, 0) / ly.reduce((s, _, i) => s + weight(i), 0);
  const total = ly.reduce((s, v, i) => s + weight(i) * (v - mean) ** 2, 0);
  return {
    ok: true,
    predictors,
    exponents: Object.fromEntries(predictors.map((name, j) => [name, at(j + 1)])),
    coefficient: exponentiate(at(0)),
    logCoefficient: at(0),
    covariance,
    residualStandardDeviation: Math.sqrt(variance * middling),
    ...(weights && { birge: Math.sqrt(spread) }),
    degreesOfFreedom: dof,
    r2: total > 0 ? 1 - fit.rss / total : 1,
    points: rows.length,
  };
};

const weightsOf = (sigma: readonly number[], rows: number): number[] => {
  if (sigma.length !== rows)
    throw new ScalingError("bad-value", `${sigma.length} sigma for ${rows} rows; expected as many`);
  return sigma.map((s, i) => {
    if (s > 0 && Number.isFinite(s)) return s ** -2;
    throw new ScalingError("bad-value", `sigma is ${s}; expected a positive finite number`, { row: i + 1 });
  });
};

/** The value of each predictor at a point. @throws ScalingError `bad-value` for a number that is missing or not positive */
export const predictorValues = (
  { predictors }: Pick<HyperparameterLaw, "predictors">,
  at: NamedNumbers,
): NamedNumbers => Object.fromEntries(predictors.map((text) => [text, Math.exp(logOf(monomial(text), at))]));

/**
 * y where the predictors, products and all, have these values: where the law lies, and, where the scatter of optima about it is known,
 * where a new optimum falls, at 95 %.
 */
export const hyperparameterAt = (
  law: HyperparameterLaw,
  values: NamedNumbers,
): Predicted & Pick<Required<Predicted>, "ci95"> => {
  const logs = law.predictors.map((text) => Math.log(positive(text, values[text])));
  const level = law.predictors.reduce(
    (sum, text, j) => sum + law.exponents[text]!.value * logs[j]!,
    law.logCoefficient.value,
  );
  const ofLaw = Math.max(0, quadraticForm(law.covariance, [1, ...logs]));
  const around = (variance: number): Interval => {
    const half = studentFactor95(law.degreesOfFreedom) * Math.sqrt(variance);
    return [Math.exp(level - half), Math.exp(level + half)];
  };
  const scatter = law.residualStandardDeviation;
  return {
    value: Math.exp(level),
    ci95: around(ofLaw),
    ...(Number.isFinite(scatter) && { interval95: around(ofLaw + scatter ** 2) }),
  };
};

/** y at a point, given by the numbers of which the predictors are products. @throws ScalingError `bad-value` for one that is missing */
export const predictHyperparameter = (law: HyperparameterLaw, at: NamedNumbers): ReturnType<typeof hyperparameterAt> =>
  hyperparameterAt(law, predictorValues(law, at));
