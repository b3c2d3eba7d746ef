import {
  congruence,
  embedded,
  identity,
  invertPositive,
  type Matrix,
  multiply,
  scaled,
  symmetricEigenvalues,
  transpose,
  zeros,
} from "../math/linear.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import type { SurfaceData } from "./data.js";
import type { SurfaceForm } from "./form.js";
import type { SurfaceObjective } from "./objective.js";

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
 * Delta-method covariance of a fit. Least squares: σ² (Σ w g gᵀ)⁻¹. Huber: the sandwich of an M-estimate,
 * H⁻¹ (Σ w² ψ² g gᵀ) H⁻¹. Its corner is far below the residuals, so H = Σ w ψ′ g gᵀ would rest on the few points inside it;
 * like median regression it takes Powell's kernel instead, ψ′ ≈ δ/h for |r| < h. The bootstrap is the better answer there.
 * @param free which θ were estimated; the others sit at a bound
 */
export const surfaceCovariance = (
  form: SurfaceForm,
  data: SurfaceData,
  theta: readonly number[],
  objective: SurfaceObjective,
  delta: number,
  free: readonly boolean[],
): SurfaceCovariance => {
  const index = free.flatMap((f, j) => (f ? [j] : []));
  const p = index.length;
  const information = zeros(p);
  const bread = zeros(p);
  const meat = zeros(p);
  const g = new Float64Array(theta.length);
  const bandwidth = objective === "log-huber" ? kernelWidth(form, data, theta, delta) : Number.POSITIVE_INFINITY;
  let sumOfSquares = 0;
  let weightedSquares = 0;
  let points = 0;
  for (let i = 0; i < data.lnL.length; i++) {
    const w = data.weight[i]!;
    if (w === 0) continue;
    const log = form.logLoss(theta, data.lnN[i]!, data.lnD[i]!, g);
    const r = log - data.lnL[i]!;
    // On the scale of L itself the gradient is L ∂ ln L / ∂θ.
    const scale = objective === "squares" ? Math.exp(log) : 1;
    const residual = objective === "squares" ? Math.exp(log) - data.loss[i]! : r;
    const psi = Math.max(-delta, Math.min(delta, residual));
    const slope = Math.abs(residual) < bandwidth ? Math.min(1, delta / bandwidth) : 0;
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
  const inverse = invertPositive(objective === "log-huber" ? bread : information);
  const small =
    inverse &&
    (objective === "log-huber"
      ? scaled(multiply(multiply(inverse, meat), inverse), points / Math.max(1, dof))
      : scaled(inverse, variance));
  return {
    covariance: small && embedded(small, index, theta.length),
    condition: eigenvalues[0]! > 0 ? eigenvalues[p - 1]! / eigenvalues[0]! : Number.POSITIVE_INFINITY,
    residualStandardDeviation: dof > 0 ? Math.sqrt(sumOfSquares / dof) : Number.NaN,
    degreesOfFreedom: dof,
    sumOfSquares,
  };
};

/** Silverman's rule on a robust scale, never below the corner itself. */
const kernelWidth = (form: SurfaceForm, data: SurfaceData, theta: readonly number[], delta: number): number => {
  const g = new Float64Array(theta.length);
  const sizes = Array.from(data.lnL, (y, i) => Math.abs(form.logLoss(theta, data.lnN[i]!, data.lnD[i]!, g) - y));
  return Math.max(delta, 1.06 * 1.4826 * quantileSorted(ascending(sizes), 0.5) * sizes.length ** -0.2);
};

/** Covariance after the linear change of origin θ → recentre(θ). */
export const moveOrigin = (form: SurfaceForm, covariance: Matrix, shiftN: number, shiftD: number): number[][] => {
  const p = covariance.length;
  const zero = form.recentre(new Array<number>(p).fill(0), shiftN, shiftD);
  const columns = identity(p).map((unit) => form.recentre(unit, shiftN, shiftD).map((v, i) => v - zero[i]!));
  return congruence(transpose(columns), covariance);
};
