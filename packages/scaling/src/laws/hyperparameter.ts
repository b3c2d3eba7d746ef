import { positive, sameLength } from "../errors.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { fitParabola } from "../isoflop/parabola.js";
import { studentFactor95 } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { leastSquares, type Matrix, quadraticForm, scaled } from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import { type Estimate, type Measurement, type Outcome, refuse } from "../types.js";

/** y = c · Π x_j^γ_j: the best learning rate or batch size against C, N or D (as in DeepSeek 2401.02954, eq. 1). */
export interface HyperparameterLaw {
  readonly exponents: Readonly<Record<string, Estimate>>;
  readonly coefficient: Estimate;
  readonly covariance: Matrix;
  readonly residualStandardDeviation: number;
  readonly degreesOfFreedom: number;
  readonly r2: number;
}

/**
 * Least squares of ln y on the logarithms of any number of predictors.
 * @param rows one record per observation, every record with the same positive predictors
 */
export const hyperparameterLaw = (
  rows: readonly Readonly<Record<string, number>>[],
  y: readonly number[],
): Outcome<HyperparameterLaw> => {
  sameLength(rows, "rows", y, "values");
  const names = Object.keys(rows[0] ?? {});
  const design = rows.map((row, i) => [1, ...names.map((name) => Math.log(positive(name, row[name], i + 1)))]);
  const ly = logarithms("y", y);
  const fit = leastSquares(design, ly);
  if (!fit || fit.degreesOfFreedom < 1) {
    const message = `${rows.length} observations cannot tell ${names.length} exponents and a coefficient apart`;
    return refuse("too-few-points", message);
  }
  const dof = fit.degreesOfFreedom;
  const variance = fit.rss / dof;
  const at = (j: number) => estimate(fit.coefficients[j]!, Math.sqrt(variance * fit.unscaledCovariance[j]![j]!), dof);
  const mean = ly.reduce((s, v) => s + v, 0) / ly.length;
  const total = ly.reduce((s, v) => s + (v - mean) ** 2, 0);
  return {
    ok: true,
    exponents: Object.fromEntries(names.map((name, j) => [name, at(j + 1)])),
    coefficient: exponentiate(at(0)),
    covariance: scaled(fit.unscaledCovariance, variance),
    residualStandardDeviation: Math.sqrt(variance),
    degreesOfFreedom: dof,
    r2: total > 0 ? 1 - fit.rss / total : 1,
  };
};

/** The law at a point, with the interval of a new optimum at 95 %. */
export const predictHyperparameter = (law: HyperparameterLaw, at: Readonly<Record<string, number>>): Measurement => {
  const names = Object.keys(law.exponents);
  const logs = names.map((name) => Math.log(positive(name, at[name])));
  const coefficient = Math.log(law.coefficient.value);
  const level = names.reduce((sum, name, j) => sum + law.exponents[name]!.value * logs[j]!, coefficient);
  const spread = Math.sqrt(quadraticForm(law.covariance, [1, ...logs]) + law.residualStandardDeviation ** 2);
  const half = studentFactor95(law.degreesOfFreedom) * spread;
  return { value: Math.exp(level), interval95: [Math.exp(level - half), Math.exp(level + half)] };
};

/** Best value of a hyperparameter from a sweep of losses: the vertex of a parabola in its logarithm, or a refusal. */
export const hyperparameterOptimum = (
  values: readonly number[],
  losses: readonly number[],
): Outcome<{ readonly optimum: Estimate; readonly loss: Estimate; readonly curvature: Estimate }> => {
  const logs = logarithms("value", values);
  const distinct = new Set(logs).size;
  if (distinct < 4) return refuse("too-few-points", `${distinct} distinct values; a minimum with an error needs four`);
  const parabola = fitParabola(logs, losses);
  if (!parabola || !(parabola.curvature.value > 0))
    return refuse("not-convex", "the loss has no minimum in the logarithm of the value");
  const [low, high] = extent(logs);
  const best = parabola.x.value;
  if (best < low || best > high)
    return refuse("edge-minimum", `the best value, ${Math.exp(best).toPrecision(3)}, lies outside the sweep`);
  return { ok: true, optimum: exponentiate(parabola.x), loss: parabola.y, curvature: parabola.curvature };
};
