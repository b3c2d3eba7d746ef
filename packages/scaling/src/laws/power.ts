import { choice, whole } from "@isoflop/spec";
import * as v from "valibot";
import { sameLength } from "../errors.js";
import { drawParameters } from "../inference/draws.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import {
  congruence,
  type LeastSquares,
  leastSquares,
  type Matrix,
  multiply,
  quadraticForm,
  transpose,
} from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import * as fields from "../records/fields.js";
import { type Interval, type Outcome, type Predicted, refuse } from "../types.js";
import type { LawForm } from "./form.js";
import { type PointErrors, pointWeights } from "./point-errors.js";

/** y = coefficient · x^exponent, fitted by least squares of ln y on ln x. */
export interface PowerLaw extends fields.Read<typeof powerSchema> {}

/** What is known of the errors of the points that their scatter about the law need not show. */
export interface PowerLawErrors extends PointErrors {
  /** Variance of ln y at weight one as it is known: where the points scatter by less, it is what their errors are from. */
  readonly leastVariance?: number | undefined;
  /** Covariance of the ln y that their scatter about a law does not show, because they have it in common. */
  readonly sharedCovariance?: Matrix | undefined;
}

/**
 * Least squares in log-log, weighted where errors of the points are known. Intervals are Student's with n − 2 degrees of freedom; with two points they are infinite.
 * @throws ScalingError `bad-value` for a value that has no logarithm, with its 1-based position.
 */
export const powerLaw = (
  x: readonly number[],
  y: readonly number[],
  errors: PowerLawErrors = {},
): Outcome<PowerLaw> => {
  const lx = logarithms("x", x);
  const ly = logarithms("y", y);
  sameLength(x, "values of x", y, "of y");
  // Centring keeps ln x ≈ 40 from costing ten digits of the intercept.
  const centre = lx.reduce((s, v) => s + v, 0) / Math.max(1, lx.length);
  const design = lx.map((v) => [1, v - centre]);
  const weights = pointWeights(y, errors, "log");
  const fit = leastSquares(design, ly, weights);
  if (!fit) return refuse("too-few-points", `a power law needs two distinct x; there are ${new Set(x).size}`);
  const [level, slope] = fit.coefficients as [number, number];
  const dof = fit.degreesOfFreedom;
  const variance = dof > 0 ? Math.max(fit.rss / dof, errors.leastVariance ?? 0) : Number.NaN;
  const weight = (i: number) => weights?.[i] ?? 1;
  const common =
    errors.sharedCovariance &&
    inCommon(
      design.map((row, i) => row.map((v) => v * weight(i))),
      fit,
      errors.sharedCovariance,
    );
  const centred = fit.unscaledCovariance.map((row, i) => row.map((v, j) => variance * v + (common?.[i]?.[j] ?? 0)));
  const toOrigin = [1, -centre];
  const shared = centred[0]![1]! - centre * centred[1]![1]!;
  const covariance = [
    [quadraticForm(centred, toOrigin), shared],
    [shared, centred[1]![1]!],
  ];
  const exponent = estimate(slope, Math.sqrt(covariance[1]![1]!), dof);
  const logCoefficient = estimate(level - slope * centre, Math.sqrt(covariance[0]![0]!), dof);
  const mean = ly.reduce((s, v, i) => s + weight(i) * v, 0) / ly.reduce((s, _, i) => s + weight(i), 0);
  const total = ly.reduce((s, v, i) => s + weight(i) * (v - mean) ** 2, 0);
  return {
    ok: true,
    kind: "power",
    status: dof > 0 ? "converged" : "too-few-points",
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

/** What a covariance of the points leaves in the coefficients: L S Lᵀ with L = (XᵀWX)⁻¹XᵀW. */
const inCommon = (weighted: Matrix, { unscaledCovariance }: LeastSquares, shared: Matrix): Matrix =>
  congruence(multiply(unscaledCovariance, transpose(weighted)), shared);

/** What of a power law a prediction is made from. */
export type PredictedBy = Pick<
  PowerLaw,
  "logCoefficient" | "exponent" | "covariance" | "degreesOfFreedom" | "residualStandardDeviation"
>;

/** The law at x. Extrapolation widens both intervals; a wrong functional form does not, so compare forms on held-out budgets. */
export const predictPowerLaw = (law: PredictedBy, x: number): Required<Predicted> => {
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

/** Fields of a record that {@link powerLaw} made. */
const powerSchema = fields.counted(
  fields.whereFree(
    {
      ok: v.exactOptional(fields.ok),
      kind: v.literal("power"),
      status: choice(["converged", "too-few-points"]),
      exponent: fields.estimate,
      /** In the unit of y at x = 1, usually far outside the data: read it with the exponent, never alone. */
      coefficient: fields.coefficient,
      /** Natural log of the coefficient: what was fitted. */
      logCoefficient: fields.estimate,
      /** The objective: sum of weighted squared residuals of ln y. */
      sumOfSquares: fields.notNegative,
      r2: fields.finite,
      points: whole(),
    },
    {
      /** Of (logCoefficient, exponent). */
      covariance: fields.covariance(2),
      /** Standard deviation of ln y about the law; NaN without degrees of freedom. */
      residualStandardDeviation: fields.notNegative,
    },
    { covariance: fields.anyMatrix(2), residualStandardDeviation: fields.spread },
  ),
  2,
);

const valueAt = ({ logCoefficient, exponent }: PowerLaw, x: number): number =>
  Math.exp(logCoefficient.value + exponent.value * Math.log(x));

export const power: LawForm<PowerLaw> = {
  name: "power",
  formula: "y = coefficient · x^exponent",
  options: {},
  schema: powerSchema,
  caveats: { "too-few-points": "two points fix a power law and say nothing of its error" },
  weighted: true,
  fit: (x, y, errors: PointErrors) => powerLaw(x, y, errors),
  value: valueAt,
  band: (law, x) => predictPowerLaw(law, x).ci95,
  predict: predictPowerLaw,
  draws: ({ logCoefficient, exponent, covariance, degreesOfFreedom }, count, uniform) =>
    drawParameters([logCoefficient.value, exponent.value], covariance, degreesOfFreedom, count, uniform).map(
      ([level, slope]) =>
        (x) =>
          Math.exp(level! + slope! * Math.log(x)),
    ),
  objective: ({ sumOfSquares }) => ({ name: "log-squares", value: sumOfSquares }),
  estimates: ({ coefficient, exponent }) => ({ coefficient, exponent }),
  remark: ({ r2, residualStandardDeviation }, num) =>
    `r² ${num(r2, 6)}; residuals of ln y: ${num(residualStandardDeviation, 3)}`,
  equation: ({ coefficient, exponent }, { x, y }, num) =>
    `${y} = ${num(coefficient.value, 4)}·${x}^${num(exponent.value, 4)}`,
};
