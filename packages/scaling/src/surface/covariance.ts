import {
  congruence,
  embedded,
  invertPositive,
  type Matrix,
  multiply,
  scaled,
  symmetricEigenvalues,
  transpose,
  zeros,
} from "../math/linear.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import { rowLoss, type SurfaceData } from "./data.js";
import type { SurfaceForm } from "./form.js";
import type { Measure } from "./objective.js";

export interface SurfaceCovariance {
  /** Of θ on the axes of the data; rows and columns of fixed parameters are zero. Undefined when singular. */
  readonly covariance: Matrix | undefined;
  /** Largest over smallest eigenvalue of the information matrix on centred axes. */
  readonly condition: number;
  /** Root mean square of ln L̂ − ln L over the degrees of freedom. */
  readonly residualStandardDeviation: number;
  readonly degreesOfFreedom: number;
  /** Sum of squared residuals of ln L. */
  readonly sumOfSquares: number;
}

/**
 * Delta-method covariance of a fit. Least squares: σ² (Σ w g gᵀ)⁻¹. Others: the sandwich of an M-estimate, H⁻¹ (Σ w² ψ² g gᵀ) H⁻¹ with
 * H = Σ w ψ′ g gᵀ, ψ′ as the objective has it.
 * @param free which θ were estimated; the others sit at a bound
 */
export const surfaceCovariance = (
  form: SurfaceForm,
  data: SurfaceData,
  theta: readonly number[],
  { objective, width }: Measure,
  free: readonly boolean[],
): SurfaceCovariance => {
  const index = free.flatMap((f, j) => (f ? [j] : []));
  const p = index.length;
  const information = zeros(p);
  const bread = zeros(p);
  const meat = zeros(p);
  const g = new Float64Array(theta.length);
  const at = rowLoss(form, data);
  const raw = objective.scale === "raw";
  const typical = objective.squares ? 0 : medianSize(data, (i) => at(theta, i, g));
  let sumOfSquares = 0;
  let weightedSquares = 0;
  let points = 0;
  for (let i = 0; i < data.lnL.length; i++) {
    const w = data.weight[i]!;
    if (w === 0) continue;
    const log = at(theta, i, g);
    const r = log - data.lnL[i]!;
    // On the scale of L itself the gradient is L ∂ ln L / ∂θ.
    const scale = raw ? Math.exp(log) : 1;
    const residual = raw ? Math.exp(log) - data.loss[i]! : r;
    const psi = objective.slope(residual, width);
    const slope = objective.curvature(residual, width, typical, data.lnL.length);
    points++;
    sumOfSquares += w * r * r;
    weightedSquares += w * residual * residual;
    for (let j = 0; j < p; j++) {
      for (let k = 0; k < p; k++) {
        const product = w * scale * scale * g[index[j]!]! * g[index[k]!]!;
        information[j]![k]! += product;
        bread[j]![k]! += product * slope;
        meat[j]![k]! += product * w * psi * psi;
      }
    }
  }
  const dof = points - p;
  const eigenvalues = symmetricEigenvalues(information);
  const variance = dof > 0 ? weightedSquares / dof : Number.NaN;
  const inverse = invertPositive(objective.squares ? information : bread);
  const small =
    inverse &&
    (objective.squares
      ? scaled(inverse, variance)
      : scaled(multiply(multiply(inverse, meat), inverse), points / Math.max(1, dof)));
  return {
    covariance: small && embedded(small, index, theta.length),
    condition: eigenvalues[0]! > 0 ? eigenvalues[p - 1]! / eigenvalues[0]! : Number.POSITIVE_INFINITY,
    residualStandardDeviation: dof > 0 ? Math.sqrt(sumOfSquares / dof) : Number.NaN,
    degreesOfFreedom: dof,
    sumOfSquares,
  };
};

const medianSize = ({ lnL }: SurfaceData, logLoss: (i: number) => number): number =>
  quantileSorted(ascending(Array.from(lnL, (y, i) => Math.abs(logLoss(i) - y))), 0.5);

/** Step of the differences below; a change of origin is linear in most forms, where any step is exact. */
const STEP = 1e-4;

/** Covariance after the change of origin θ → recentre(θ), to first order about θ. */
export const moveOrigin = (
  form: SurfaceForm,
  theta: readonly number[],
  covariance: Matrix,
  shiftN: number,
  shiftD: number,
): number[][] => {
  // What is at −∞ is fixed there; any number may stand for it.
  const finite = theta.map((v) => (Number.isFinite(v) ? v : 0));
  const columns = finite.map((v, j) => {
    const [high, low] = [STEP, -STEP].map((step) => form.recentre(finite.with(j, v + step), shiftN, shiftD));
    return high!.map((to, i) => (to - low![i]!) / (2 * STEP));
  });
  return congruence(transpose(columns), covariance);
};
