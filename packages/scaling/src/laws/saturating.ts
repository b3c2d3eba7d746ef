import { estimate, exponentiate } from "../inference/estimate.js";
import { studentFactor95 } from "../math/distributions.js";
import { invertPositive, type Matrix, multiply, quadraticForm, transpose } from "../math/linear.js";
import { logarithms } from "../math/logarithms.js";
import { bisect, goldenMinimum } from "../math/search.js";
import { type Estimate, type FitStatus, type Interval, type Outcome, refuse } from "../types.js";
import { type FloorFit, fitGivenFloor, type ResidualScale } from "./given-floor.js";
import type { PowerLawPrediction } from "./power.js";

/** y = E + A · x^−α with E ≥ 0: a power law with an irreducible term. */
export interface SaturatingLaw {
  readonly kind: "saturating";
  /** `bound` when the best floor is zero: then this is the pure power law and the floor's interval says how large it could be. */
  readonly status: Extract<FitStatus, "converged" | "bound" | "unidentified">;
  /** The irreducible term E, in the unit of y. Its interval is from the profile of the objective, so it need not be symmetric. */
  readonly floor: Estimate;
  /** A, at x = 1. */
  readonly coefficient: Estimate;
  readonly logCoefficient: Estimate;
  /** α > 0 for a falling loss; the slope of ln(y − E) is −α. */
  readonly exponent: Estimate;
  /** Covariance of (E, ln A, α); the row and column of E are zero at the bound. */
  readonly covariance: Matrix;
  /** Whether residuals were of y or of ln y. */
  readonly residuals: ResidualScale;
  /** Half the sum of squared residuals on that scale. */
  readonly objective: number;
  readonly degreesOfFreedom: number;
  readonly points: number;
}

export interface SaturatingOptions {
  /** Residuals of ln y (default, as in the literature) or of y. */
  readonly residuals?: ResidualScale;
  readonly weights?: readonly number[];
}

const FLOOR_STEPS = 80;

/** Fits the floor by profiling: the best two-parameter fit at every floor, then the best floor. No starting values, no local minima missed. */
export const saturatingLaw = (
  x: readonly number[],
  y: readonly number[],
  options: SaturatingOptions = {},
): Outcome<SaturatingLaw> => {
  const distinct = new Set(x).size;
  const scale = options.residuals ?? "log";
  const lx = logarithms("x", x);
  logarithms("y", y);
  if (distinct < 4) return refuse("too-few-points", `a floor needs four distinct x; there are ${distinct}`);
  const centre = lx.reduce((s, v) => s + v, 0) / lx.length;
  const u = lx.map((v) => v - centre);
  let lowest = Number.POSITIVE_INFINITY;
  for (const v of y) lowest = Math.min(lowest, v);
  const fitAt = (floor: number) => fitGivenFloor(u, y, floor, scale, options.weights);
  const sseAt = (floor: number) => fitAt(floor)?.sse ?? Number.POSITIVE_INFINITY;

  const grid = floorGrid(lowest, FLOOR_STEPS);
  const values = grid.map(sseAt);
  let best = 0;
  values.forEach((v, i) => {
    if (v < values[best]!) best = i;
  });
  const searched = goldenMinimum(sseAt, grid[Math.max(0, best - 1)]!, grid[Math.min(grid.length - 1, best + 1)]!);
  const floor = searched.value < values[0]! ? searched.x : 0;
  const fit = fitAt(floor);
  if (!fit) return refuse("unidentified", "no finite fit of the power law at any floor");
  return describe(fit, { u, y, scale, centre, lowest, grid, sseAt, weights: options.weights });
};

/** Floors from zero to just under the smallest y, denser near the end, where the curve bends fastest. */
export const floorGrid = (lowest: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => lowest * (1 - (1 - i / steps) ** 2));

interface Context {
  readonly u: readonly number[];
  readonly y: readonly number[];
  readonly scale: ResidualScale;
  readonly centre: number;
  readonly lowest: number;
  readonly grid: readonly number[];
  readonly sseAt: (floor: number) => number;
  readonly weights: readonly number[] | undefined;
}

const describe = (fit: FloorFit, context: Context): Outcome<SaturatingLaw> => {
  const { u, y, centre } = context;
  const atBound = fit.floor === 0;
  const dof = y.length - (atBound ? 2 : 3);
  const variance = dof > 0 ? fit.sse / dof : Number.NaN;
  // At the bound the floor is not a free parameter: the covariance is that of the pure power law.
  const unscaled = covarianceWithFloor(fit, context);
  if (!atBound && !unscaled)
    return refuse("unidentified", "floor, coefficient and exponent cannot be told apart from these points");
  const covariance = toOrigin(unscaled ?? withoutFloor(fit), centre).map((row) => row.map((v) => v * variance));
  const at = (value: number, j: number) => estimate(value, Math.sqrt(Math.max(0, covariance[j]![j]!)), dof);
  const logCoefficient = at(fit.a + fit.alpha * centre, 1);
  const floorInterval = profileInterval(fit, context, y.length - 3);
  return {
    ok: true,
    kind: "saturating",
    status: atBound ? "bound" : floorInterval[0] === 0 ? "unidentified" : "converged",
    floor: { value: fit.floor, standardError: Math.sqrt(Math.max(0, covariance[0]![0]!)), ci95: floorInterval },
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

const withoutFloor = ({ unscaledCovariance: m }: FloorFit): number[][] => [
  [0, 0, 0],
  [0, m[0]![0]!, m[0]![1]!],
  [0, m[1]![0]!, m[1]![1]!],
];

/** From (E, a, α) with ln C centred to (E, ln A, α): ln A = a + α · centre. */
const toOrigin = (covariance: Matrix, centre: number): number[][] => {
  const jacobian = [
    [1, 0, 0],
    [0, 1, centre],
    [0, 0, 1],
  ];
  return multiply(multiply(jacobian, covariance), transpose(jacobian));
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

/**
 * The law at x by the delta method, at the best floor: where the law is and where a new point falls, at 95 %. For losses against
 * compute prefer {@link predictiveLoss}, which weighs the floors that the data allow.
 */
export const predictSaturating = (law: SaturatingLaw, x: number): PowerLawPrediction => {
  const value = evaluateSaturating(law, x);
  const reducible = value - law.floor.value;
  const variance = Math.max(0, quadraticForm(law.covariance, [1, reducible, -Math.log(x) * reducible]));
  const scatter = law.degreesOfFreedom > 0 ? (2 * law.objective) / law.degreesOfFreedom : Number.NaN;
  const ofPoint = law.residuals === "log" ? scatter * value ** 2 : scatter;
  const around = (spread: number): Interval => {
    const half = studentFactor95(law.degreesOfFreedom) * Math.sqrt(spread);
    return [value - half, value + half];
  };
  return { value, ci95: around(variance), interval95: around(variance + ofPoint) };
};

/** The law at x. */
export const evaluateSaturating = (law: SaturatingLaw, x: number): number =>
  law.floor.value + Math.exp(law.logCoefficient.value - law.exponent.value * Math.log(x));
