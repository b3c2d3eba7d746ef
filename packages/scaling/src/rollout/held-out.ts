import { logGamma, studentCdf, studentFactor95 } from "../math/distributions.js";
import {
  apply,
  dot,
  invertPositive,
  logDeterminant as logDeterminantOf,
  type Matrix,
  quadraticForm,
  zeros,
} from "../math/linear.js";
import { surfaceCovariance } from "../surface/covariance.js";
import { rowLoss, type SurfaceData } from "../surface/data.js";
import type { SurfaceForm } from "../surface/form.js";
import type { Measure } from "../surface/objective.js";
import { refit } from "../surface/task.js";
import type { Cut } from "./cuts.js";
import type { HeldOutErrors } from "./record.js";

/**
 * Fits a form to the rows that are kept and predicts the others, their errors taken together: the predictive distribution is a
 * multivariate Student t, scale V = σ² (I + G Σ Gᵀ), which is that of a linear model and holds to first order here.
 * @param theta where the refit begins: the fit to all rows, on the axes of the data
 * @returns undefined where the rows that are kept do not determine the form
 */
export const heldOutErrors = (
  form: SurfaceForm,
  data: SurfaceData,
  measure: Measure,
  theta: readonly number[],
  { kept, heldOut }: Pick<Cut, "kept" | "heldOut">,
): HeldOutErrors | undefined => {
  if (kept.length < RUNS_PER_PARAMETER * theta.length) return undefined;
  const weight = new Float64Array(data.weight.length);
  for (const i of kept) weight[i] = data.weight[i]!;
  const some = { ...data, weight };
  const task = { form: form.name, objective: measure.objective.name, width: measure.width, data: some };
  const found = refit(task, { theta, loose: true });
  const free = found.theta.map(Number.isFinite);
  const spread = surfaceCovariance(form, some, found.theta, measure, free);
  const nu = spread.degreesOfFreedom;
  if (nu < 1 || !spread.covariance) return undefined;
  const noise = spread.residualStandardDeviation ** 2;
  if (!(noise > 0)) return undefined;
  const at = rowLoss(form, data);
  const p = theta.length;
  const g = new Float64Array(p);
  const errors: number[] = [];
  const gradients: number[][] = [];
  for (const i of heldOut) {
    errors.push(at(found.theta, i, g) - data.lnL[i]!);
    gradients.push(Array.from(g, (v, j) => (free[j] ? v : 0)));
  }
  const m = errors.length;
  const mean = errors.reduce((s, e) => s + e, 0) / m;
  const centre = Array.from({ length: p }, (_, j) => gradients.reduce((s, row) => s + row[j]!, 0) / m);
  const t = mean / Math.sqrt(quadraticForm(spread.covariance, centre) + noise / m);
  const factor = studentFactor95(nu);
  const { covariance } = spread;
  const inside = (e: number, k: number) =>
    Math.abs(e) <= factor * Math.sqrt(quadraticForm(covariance, gradients[k]!) + noise);
  const logScore = logDensity(errors, gradients, covariance, noise, nu);
  if (!Number.isFinite(logScore)) return undefined;
  return {
    r2: determination(
      errors,
      heldOut.map((i) => data.lnL[i]!),
    ),
    rmse: Math.sqrt(errors.reduce((s, e) => s + e * e, 0) / m),
    bias: mean,
    t,
    pValue: 2 * studentCdf(-Math.abs(t), nu),
    covered: errors.filter(inside).length / m,
    logScore,
    degreesOfFreedom: nu,
  };
};

/** With fewer a fit is too far from linear for its errors to be Student's: one roll-out in fifty is then called a surprise. */
const RUNS_PER_PARAMETER = 2.5;

/** 1 − Σ (ln L̂ − ln L)² / Σ (ln L − mean)²; NaN for one run, or equal ones. */
const determination = (errors: readonly number[], logs: readonly number[]): number => {
  const mean = logs.reduce((s, v) => s + v, 0) / logs.length;
  const total = logs.reduce((s, v) => s + (v - mean) ** 2, 0);
  return total > 0 ? 1 - errors.reduce((s, e) => s + e * e, 0) / total : Number.NaN;
};

/**
 * ln density of a multivariate Student t with scale V = σ² I + G Σ Gᵀ. With few columns in G: det V = σ²ᵐ det(I + Gᵀ G Σ / σ²), and
 * V⁻¹ by Woodbury's identity.
 */
const logDensity = (
  errors: readonly number[],
  gradients: Matrix,
  covariance: Matrix,
  noise: number,
  nu: number,
): number => {
  const m = errors.length;
  const index = covariance.flatMap((row, i) => (row[i]! > 0 ? [i] : []));
  const k = index.length;
  const small = index.map((i) => index.map((j) => covariance[i]![j]!));
  const precision = invertPositive(small);
  if (!precision) return Number.NaN;
  const gram = zeros(k);
  const moments = new Array<number>(k).fill(0);
  let squares = 0;
  errors.forEach((e, r) => {
    const row = index.map((j) => gradients[r]![j]!);
    squares += e * e;
    for (let a = 0; a < k; a++) {
      moments[a]! += row[a]! * e;
      for (let b = 0; b < k; b++) gram[a]![b]! += row[a]! * row[b]!;
    }
  });
  // M = Σ⁻¹ + GᵀG/σ²; det V = σ²ᵐ det M det Σ.
  const inner = precision.map((row, a) => row.map((v, b) => v + gram[a]![b]! / noise));
  const inverse = invertPositive(inner);
  if (!inverse) return Number.NaN;
  const quadratic = squares / noise - dot(moments, apply(inverse, moments)) / (noise * noise);
  const logDeterminant = m * Math.log(noise) + logDeterminantOf(inner) + logDeterminantOf(small);
  return (
    logGamma((nu + m) / 2) -
    logGamma(nu / 2) -
    (m / 2) * Math.log(nu * Math.PI) -
    logDeterminant / 2 -
    ((nu + m) / 2) * Math.log1p(Math.max(0, quadratic) / nu)
  );
};
