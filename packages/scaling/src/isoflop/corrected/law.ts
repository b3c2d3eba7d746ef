import { estimate, exponentiate } from "../../inference/estimate.js";
import { fSurvival } from "../../math/distributions.js";
import { congruence, leastSquares, type Matrix, multiply, quadraticForm, transpose } from "../../math/linear.js";
import type { CorrectedLaw } from "../record.js";
import type { Model } from "./model.js";

/** Chance of a wider interval where nothing is wrong. */
const WIDENED_AT = 0.05;

/** Least squares through the corrected optima. */
export const lawThrough = (
  lnC: readonly number[],
  points: readonly number[],
  rows: Matrix,
  { variance, degreesOfFreedom }: Pick<Model, "variance" | "degreesOfFreedom">,
  known: boolean,
): CorrectedLaw => {
  const centre = lnC.reduce((s, v) => s + v, 0) / lnC.length;
  const design = lnC.map((v) => [1, v - centre]);
  const fit = leastSquares(design, points)!;
  const onto = multiply(fit.unscaledCovariance, transpose(design));
  const coefficientRows = multiply(onto, rows);
  const own = multiply(coefficientRows, transpose(coefficientRows));
  const over = Math.max(1, lnC.length - 2);
  const fitted = multiply(design, coefficientRows);
  const expected =
    rows.reduce((sum, row, b) => sum + row.reduce((s, v, i) => s + (v - fitted[b]![i]!) ** 2, 0), 0) * variance;
  const ratio = expected > 0 ? fit.rss / expected : 1;
  const widened = known && ratio > 1 && fSurvival(ratio, over, degreesOfFreedom) < WIDENED_AT ? Math.sqrt(ratio) : 1;
  const scatter = fit.rss / over;
  const dof = known ? degreesOfFreedom : over;
  const centred = own.map((row, i) =>
    row.map((v, j) => v * variance * widened ** 2 + (known ? 0 : scatter * fit.unscaledCovariance[i]![j]!)),
  );
  const covariance = congruence(
    [
      [1, -centre],
      [0, 1],
    ],
    centred,
  );
  const [level, slope] = fit.coefficients as [number, number];
  const logCoefficient = estimate(level - slope * centre, Math.sqrt(quadraticForm(centred, [1, -centre])), dof);
  return {
    exponent: estimate(slope, Math.sqrt(centred[1]![1]!), dof),
    logCoefficient,
    coefficient: exponentiate(logCoefficient),
    covariance,
    degreesOfFreedom: dof,
    residualStandardDeviation: Math.sqrt(scatter),
    points: lnC.length,
    widened,
  };
};
