import { logGamma, studentCdf, studentFactor95 } from "../math/distributions.js";
import {
  apply,
  dot,
  invertPositive,
  logDeterminant as logDeterminantOf,
  type Matrix,
  quadraticForm,
  scaled,
  zeros,
} from "../math/linear.js";
import { surfaceCovariance } from "../surface/covariance.js";
import { rowLoss, type SurfaceData } from "../surface/data.js";
import { flooredData } from "../surface/floors/floored.js";
import type { MeasuredFloor } from "../surface/floors/weighed.js";
import type { SurfaceForm } from "../surface/form.js";
import type { Measure } from "../surface/objective.js";
import { refit } from "../surface/task.js";
import type { Cut } from "./cuts.js";
import type { HeldOutErrors } from "./record.js";

/** A fit of a form to some rows, on the axes of the data: one of several, where its floor is integrated out. */
interface Fitted {
  readonly theta: readonly number[];
  readonly covariance: Matrix;
  readonly weight: number;
}

/** What is fitted to the rows that are kept, with the variance of one of them. */
interface KeptFit {
  readonly fits: readonly Fitted[];
  readonly noise: number;
  readonly degreesOfFreedom: number;
}

/**
 * Fits a form to the rows that are kept and predicts the others, their errors taken together: the predictive distribution is a
 * multivariate Student t, scale V = σ² (I + G Σ Gᵀ), which is that of a linear model and holds to first order here; over the floors where they are
 * integrated out.
 * @param theta where the refit begins: the fit to all rows, on the axes of the data
 * @param over of a form whose floor is integrated out the lower bound that was measured
 * @returns undefined where the rows that are kept do not determine the form
 */
export const heldOutErrors = (
  form: SurfaceForm,
  data: SurfaceData,
  measure: Measure,
  theta: readonly number[],
  { kept, heldOut }: Pick<Cut, "kept" | "heldOut">,
  over?: { readonly floor?: MeasuredFloor | undefined },
): HeldOutErrors | undefined => {
  // What a prior holds needs no runs.
  const free = form.theta.filter((name) => !over || form.prior?.[name] === undefined).length;
  if (kept.length < RUNS_PER_PARAMETER * free) return undefined;
  const weight = new Float64Array(data.weight.length);
  for (const i of kept) weight[i] = data.weight[i]!;
  const lowestLoss = kept.reduce((least, i) => Math.min(least, data.loss[i]!), Number.POSITIVE_INFINITY);
  const some = { ...data, weight, scale: { ...data.scale, lowestLoss } };
  const found = over ? overFloors(form, some, theta, over.floor) : atBest(form, some, measure, theta);
  if (!found || found.degreesOfFreedom < 1 || !(found.noise > 0)) return undefined;
  const { fits, noise, degreesOfFreedom: nu } = found;
  const at = rowLoss(form, data);
  const g = new Float64Array(theta.length);
  const m = heldOut.length;
  const said = fits.map(({ theta: there, covariance, weight: share }) => {
    const errors: number[] = [];
    const gradients: number[][] = [];
    for (const i of heldOut) {
      errors.push(at(there, i, g) - data.lnL[i]!);
      gradients.push(Array.from(g, (v, j) => (Number.isFinite(there[j]!) && covariance[j]![j]! > 0 ? v : 0)));
    }
    const mean = errors.reduce((s, e) => s + e, 0) / m;
    const centre = there.map((_, j) => gradients.reduce((s, row) => s + row[j]!, 0) / m);
    return { errors, gradients, covariance, share, mean, centre };
  });
  const mixed = (of: (one: (typeof said)[number]) => number) => said.reduce((s, one) => s + one.share * of(one), 0);
  const errors = heldOut.map((_, k) => mixed((one) => one.errors[k]!));
  const mean = mixed((one) => one.mean);
  const variance = mixed((one) => quadraticForm(one.covariance, one.centre) + (one.mean - mean) ** 2);
  const t = mean / Math.sqrt(variance + noise / m);
  const factor = studentFactor95(nu);
  const inside = (e: number, k: number) => {
    const spread = mixed((one) => quadraticForm(one.covariance, one.gradients[k]!) + (one.errors[k]! - e) ** 2);
    return Math.abs(e) <= factor * Math.sqrt(spread + noise);
  };
  const scores = said.map((one) => logDensity(one.errors, one.gradients, one.covariance, noise, nu));
  const best = scores.reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY);
  const logScore = best + Math.log(said.reduce((s, { share }, i) => s + share * Math.exp(scores[i]! - best), 0));
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

/** The one best fit, with its floor. */
const atBest = (
  form: SurfaceForm,
  data: SurfaceData,
  measure: Measure,
  theta: readonly number[],
): KeptFit | undefined => {
  const task = { form: form.name, objective: measure.objective.name, width: measure.width, data };
  const found = refit(task, { theta, loose: true });
  const spread = surfaceCovariance(form, data, found.theta, measure, found.theta.map(Number.isFinite));
  if (!spread.covariance) return undefined;
  return {
    fits: [{ theta: found.theta, covariance: spread.covariance, weight: 1 }],
    noise: spread.residualStandardDeviation ** 2,
    degreesOfFreedom: spread.degreesOfFreedom,
  };
};

const overFloors = (
  form: SurfaceForm,
  data: SurfaceData,
  theta: readonly number[],
  floor: MeasuredFloor | undefined,
): KeptFit | undefined => {
  const found = flooredData(form, data, floor, theta);
  if (!found) return undefined;
  const noise = found.squares / found.degreesOfFreedom;
  return {
    fits: found.nodes.map((node) => ({
      theta: node.theta,
      covariance: scaled(node.unscaledCovariance, noise),
      weight: node.weight,
    })),
    noise,
    degreesOfFreedom: found.degreesOfFreedom,
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
