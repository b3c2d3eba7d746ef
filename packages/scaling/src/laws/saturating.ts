import { choice, whole } from "@isoflop/spec";
import * as v from "valibot";
import { drawParameters } from "../inference/draws.js";
import { estimate, exponentiate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import { congruence, embedded, identity, invertPositive, type Matrix, quadraticForm, scaled } from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import { bisect, goldenMinimum } from "../math/search.js";
import * as fields from "../records/fields.js";
import { type Interval, type Outcome, type Predicted, refuse } from "../types.js";
import type { LawData, LawForm } from "./form.js";
import { type FloorFit, fitGivenFloor, type ResidualScale } from "./given-floor.js";
import { type PointErrors, pointWeights } from "./point-errors.js";
import { predictiveLoss } from "./predictive.js";

/** y = E + A · x^−α with E ≥ 0: a power law with an irreducible term. */
export interface SaturatingLaw extends fields.Read<typeof schema> {}

export interface SaturatingOptions extends PointErrors {
  /** Residuals of ln y (default, as in the literature) or of y. */
  readonly residuals?: ResidualScale | undefined;
}

const FLOOR_STEPS = 80;
/** A floor that lowers the objective by less than this share of it is none: it would hang on rounding. */
const NO_GAIN = 1e-9;
/** Rounding of a residual of ln y, whose terms are some tens, and of y relative to it. */
const ROUNDING = 1e-14;

/**
 * Fits the floor by profiling: the best two-parameter fit at every floor, then the best floor. No starting values, no local minima missed.
 *
 * The floor's interval is from its profile likelihood, RSS(E) ≤ RSS_min (1 + t²/ν) with Student's t at 97.5 % and ν = n − 3: the likelihood of
 * a floor is skewed, and ±t standard errors would reach below zero. A floor that lowers the objective by less than rounding and a
 * billionth stands at its bound: exactly 0, `status` `bound`, an interval [0, upper]. Coefficient, exponent, their errors, the covariance, the
 * degrees of freedom (n − 2) and the band are then those of the pure power law: conditional on the bound. The floor's interval is not.
 */
export const saturatingLaw = (
  x: readonly number[],
  y: readonly number[],
  options: SaturatingOptions = {},
): Outcome<SaturatingLaw> => {
  const distinct = new Set(x).size;
  const context = profileOf(x, y, options);
  if (distinct < 4) return refuse("too-few-points", `a floor needs four distinct x; there are ${distinct}`);
  const { grid, fitAt, sseAt } = context;
  const values = grid.map(sseAt);
  const best = values.reduce((least, v, i) => (v < values[least]! ? i : least), 0);
  const searched = goldenMinimum(sseAt, grid[Math.max(0, best - 1)]!, grid[Math.min(grid.length - 1, best + 1)]!);
  const least = values[0]! * (1 - NO_GAIN) - context.rounding;
  const fit = fitAt(searched.value < least ? searched.x : 0);
  return fit ? describe(fit, context) : refuse("unidentified", "no finite fit of the power law at any floor");
};

/** The points with ln x centred, the floors that are tried, and the best fit at any. */
const profileOf = (
  x: readonly number[],
  y: readonly number[],
  { residuals: scale = "log", ...errors }: SaturatingOptions,
) => {
  const lx = logarithms("x", x);
  logarithms("y", y);
  const centre = lx.reduce((s, v) => s + v, 0) / lx.length;
  const u = lx.map((v) => v - centre);
  const [lowest] = extent(y);
  const weights = pointWeights(y, errors, scale);
  const rounding = y.reduce((s, v) => s + (scale === "log" ? ROUNDING : ROUNDING * v) ** 2, 0);
  const fitAt = (floor: number) => fitGivenFloor(u, y, floor, scale, weights);
  const sseAt = (floor: number) => fitAt(floor)?.sse ?? Number.POSITIVE_INFINITY;
  // Floors from zero to just under the smallest y, denser near the end, where the curve bends fastest.
  const grid = Array.from({ length: FLOOR_STEPS }, (_, i) => lowest * (1 - (1 - i / FLOOR_STEPS) ** 2));
  return { u, y, scale, weights, centre, lowest, grid, rounding, fitAt, sseAt };
};

type Context = ReturnType<typeof profileOf>;

const describe = (fit: FloorFit, context: Context): Outcome<SaturatingLaw> => {
  const { u, y, centre } = context;
  const atBound = fit.floor === 0;
  const dof = y.length - (atBound ? 2 : 3);
  const variance = dof > 0 ? fit.sse / dof : Number.NaN;
  // At the bound the floor is not a free parameter: the covariance is that of the pure power law.
  const unscaled = covarianceWithFloor(fit, context);
  if (!atBound && !unscaled)
    return refuse("unidentified", "floor, coefficient and exponent cannot be told apart from these points");
  const covariance = scaled(toOrigin(unscaled ?? embedded(fit.unscaledCovariance, [1, 2], 3), centre), variance);
  const at = (value: number, j: number) => estimate(value, Math.sqrt(Math.max(0, covariance[j]![j]!)), dof);
  const logCoefficient = at(fit.a + fit.alpha * centre, 1);
  const floorInterval = profileInterval(fit, context, y.length - 3);
  // At a bound there is no standard error: the likelihood has no maximum inside.
  const floorError = atBound ? Number.NaN : Math.sqrt(Math.max(0, covariance[0]![0]!));
  return {
    ok: true,
    kind: "saturating",
    status: atBound ? "bound" : floorInterval[0] === 0 ? "unidentified" : "converged",
    floor: { value: fit.floor, standardError: floorError, ci95: floorInterval },
    coefficient: exponentiate(logCoefficient),
    logCoefficient,
    exponent: at(fit.alpha, 2),
    covariance,
    residuals: context.scale,
    objective: fit.sse / 2,
    degreesOfFreedom: dof,
    points: u.length,
  };
};

/** (JᵀWJ)⁻¹ of (E, a, α). */
const covarianceWithFloor = (fit: FloorFit, { u, y, scale, weights }: Context): number[][] | undefined => {
  if (fit.floor === 0 || y.length < 3) return undefined;
  const information = [0, 1, 2].map(() => [0, 0, 0]);
  u.forEach((v, i) => {
    const reducible = Math.exp(fit.a - fit.alpha * v);
    const divisor = scale === "log" ? fit.floor + reducible : 1;
    const gradient = [1 / divisor, reducible / divisor, (-v * reducible) / divisor];
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) information[j]![k]! += (weights?.[i] ?? 1) * gradient[j]! * gradient[k]!;
    }
  });
  return invertPositive(information);
};

/** From (E, a, α) with ln C centred to (E, ln A, α): ln A = a + α · centre. */
const toOrigin = (covariance: Matrix, centre: number): number[][] => {
  const jacobian = identity(3);
  jacobian[1]![2] = centre;
  return congruence(jacobian, covariance);
};

/** Floors whose best fit is not rejected: SSE(E) ≤ SSE_min (1 + t² / dof), the profile interval of a least-squares parameter. */
const profileInterval = (fit: FloorFit, { lowest, grid, sseAt }: Context, dof: number): Interval => {
  if (dof <= 0) return [0, lowest];
  const limit = fit.sse * (1 + studentFactor95(dof) ** 2 / dof) + 1e-300;
  const excess = (floor: number) => sseAt(floor) - limit;
  const top = grid[grid.length - 1]!;
  const low = fit.floor === 0 || excess(0) <= 0 ? 0 : bisect(excess, 0, fit.floor);
  const high = excess(top) <= 0 ? lowest : bisect(excess, fit.floor, top);
  return [low, high];
};

/** The law at x. */
const valueAt = ({ floor, logCoefficient, exponent }: SaturatingLaw, x: number): number =>
  floor.value + Math.exp(logCoefficient.value - exponent.value * Math.log(x));

/**
 * The law at x by the delta method, at the best floor: where the law is and where a new point falls, at 95 %. On ln y, in which it was
 * fitted and is drawn: there the band of a positive quantity stays positive, however far beyond the data.
 */
const atBestFloor = (law: SaturatingLaw, x: number): Required<Predicted> => {
  const value = valueAt(law, x);
  const reducible = value - law.floor.value;
  const variance = quadraticForm(law.covariance, [1, reducible, -Math.log(x) * reducible]) / value ** 2;
  const scatter = law.degreesOfFreedom > 0 ? (2 * law.objective) / law.degreesOfFreedom : Number.NaN;
  const ofPoint = law.residuals === "log" ? scatter : scatter / value ** 2;
  const around = (spread: number): Interval => {
    const half = studentFactor95(law.degreesOfFreedom) * Math.sqrt(Math.max(0, spread));
    return [value * Math.exp(-half), value * Math.exp(half)];
  };
  return { value, ci95: around(variance), interval95: around(variance + ofPoint) };
};

/**
 * A falling law's interval integrates over floors: around the best floor alone it would be far too short. It knows laws that fall
 * no faster than 1/x; any other is taken at its best floor, and so is one whose value the weighing leaves outside.
 */
const predictSaturating = (law: SaturatingLaw, x: number, data: LawData): Required<Predicted> => {
  const best = atBestFloor(law, x);
  const { value } = law.exponent;
  if (!(value > 0 && value <= 1)) return best;
  const weights = pointWeights(data.y, data, law.residuals);
  const leverage = data.x.map((_, i) => 1 / (weights?.[i] ?? 1));
  const curve = { C: data.x, loss: data.y, leverage, noiseVariance: 0, noiseDegreesOfFreedom: 0 };
  const interval95 = predictiveLoss(curve, x)?.interval95;
  return interval95 && interval95[0] <= best.value && best.value <= interval95[1] ? { ...best, interval95 } : best;
};

const schema = fields.counted(
  fields.whereFree(
    {
      ok: v.exactOptional(fields.ok),
      kind: v.literal("saturating"),
      /** `bound` when the best floor is zero: then this is the pure power law and the floor's interval says how large it could be. */
      status: choice(["converged", "bound", "unidentified"]),
      /**
       * The irreducible term E, in the unit of y. Its interval is from the profile of the objective, so it need not be symmetric; at the bound
       * it begins at 0, and there is no standard error.
       */
      floor: fields.estimateOf(fields.notNegative),
      /** A, at x = 1. */
      coefficient: fields.coefficient,
      logCoefficient: fields.estimate,
      /** α > 0 for a falling loss; the slope of ln(y − E) is −α. */
      exponent: fields.estimate,
      /** Whether residuals were of y or of ln y. */
      residuals: choice(["log", "raw"]),
      /** Half the sum of weighted squared residuals on that scale. */
      objective: fields.notNegative,
      points: whole(),
    },
    /** Of (E, ln A, α); at the bound that of the pure power law, with zeros in the row and column of E. */
    { covariance: fields.covariance(3) },
    { covariance: fields.anyMatrix(3) },
  ),
  2,
  3,
);

export const saturating: LawForm<SaturatingLaw> = {
  name: "saturating",
  formula: "y = floor + coefficient · x^−exponent",
  options: { residuals: v.optional(choice(["log", "raw"]), "log") },
  schema,
  caveats: { bound: "the best floor is zero: these points show no floor" },
  weighted: true,
  fit: (x, y, options: SaturatingOptions) => saturatingLaw(x, y, options),
  value: valueAt,
  band: (law, x) => atBestFloor(law, x).ci95,
  predict: predictSaturating,
  draws: ({ floor, logCoefficient, exponent, covariance, degreesOfFreedom }, count, uniform) =>
    drawParameters(
      [floor.value, logCoefficient.value, exponent.value],
      covariance,
      degreesOfFreedom,
      count,
      uniform,
    ).map(([drawn, level, slope]) => {
      const limit = Math.max(0, drawn!);
      return (x) => limit + Math.exp(level! - slope! * Math.log(x));
    }),
  // The record states half the sum, as the literature on it does.
  objective: ({ residuals, objective }) => ({
    name: residuals === "raw" ? "squares" : "log-squares",
    value: 2 * objective,
  }),
  estimates: ({ floor, coefficient, exponent }) => ({ floor, coefficient, exponent }),
  floor: ({ floor }) => floor,
  remark: ({ objective }, num) => `half the sum of squared residuals: ${num(objective, 6)}`,
  equation: ({ floor, coefficient, exponent }, { x, y }, num) =>
    `${y} = ${num(floor.value, 4)} + ${num(coefficient.value, 4)}·${x}^${num(-exponent.value, 4)}`,
};
