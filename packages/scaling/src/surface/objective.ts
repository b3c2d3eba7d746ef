import type { Differentiable } from "../math/bfgs.js";
import type { SurfaceData } from "./data.js";
import type { SurfaceForm } from "./form.js";

/**
 * Σ w ρ(ln L̂ − ln L): Huber's ρ with corner δ (Hoffmann et al. 2022, Approach 3), or ½ r² when δ is infinite.
 * A sum, not a mean: the mean is below the default tolerances of most optimisers.
 */
export const logObjective = (form: SurfaceForm, data: SurfaceData, delta: number): Differentiable => {
  const p = form.theta.length;
  const g = new Float64Array(p);
  const { lnN, lnD, lnL, weight } = data;
  const n = lnL.length;
  return (theta, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const r = form.logLoss(theta, lnN[i]!, lnD[i]!, g) - lnL[i]!;
      const size = Math.abs(r);
      const psi = size <= delta ? r : r > 0 ? delta : -delta;
      sum += w * (size <= delta ? 0.5 * r * r : delta * (size - 0.5 * delta));
      const scale = w * psi;
      for (let j = 0; j < p; j++) gradient[j]! += scale * g[j]!;
    }
    return sum;
  };
};

/** Σ w (L̂ − L)²: the loss itself, not its logarithm. */
export const squaresObjective = (form: SurfaceForm, data: SurfaceData): Differentiable => {
  const p = form.theta.length;
  const g = new Float64Array(p);
  const { lnN, lnD, loss, weight } = data;
  const n = loss.length;
  return (theta, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const predicted = Math.exp(form.logLoss(theta, lnN[i]!, lnD[i]!, g));
      const r = predicted - loss[i]!;
      sum += w * r * r;
      const scale = 2 * w * r * predicted;
      for (let j = 0; j < p; j++) gradient[j]! += scale * g[j]!;
    }
    return sum;
  };
};
