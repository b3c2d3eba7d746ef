import type { Differentiable } from "../math/bfgs.js";
import type { SurfaceData } from "./data.js";
import type { SurfaceForm } from "./form.js";

/** `log-huber` and `log-squares` compare ln L; `squares` compares L. */
export type SurfaceObjective = "log-huber" | "log-squares" | "squares";

/**
 * Σ w ρ(ln L̂ − ln L): Huber's ρ with corner δ (Hoffmann et al. 2022, Approach 3), or ½ r² when δ is infinite; of `squares`
 * Σ w (L̂ − L)², of the loss itself.
 * A sum, not a mean: the mean is below the default tolerances of most optimisers.
 */
export const objectiveOf = (
  form: SurfaceForm,
  data: SurfaceData,
  objective: SurfaceObjective,
  delta: number,
): Differentiable => {
  const p = form.theta.length;
  const g = new Float64Array(p);
  const { lnN, lnD, lnL, loss, weight } = data;
  const n = loss.length;
  const raw = objective === "squares";
  return (theta, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const log = form.logLoss(theta, lnN[i]!, lnD[i]!, g);
      let scale: number;
      if (raw) {
        const predicted = Math.exp(log);
        const r = predicted - loss[i]!;
        sum += w * r * r;
        scale = 2 * w * r * predicted;
      } else {
        const r = log - lnL[i]!;
        const size = Math.abs(r);
        sum += w * (size <= delta ? 0.5 * r * r : delta * (size - 0.5 * delta));
        scale = w * (size <= delta ? r : r > 0 ? delta : -delta);
      }
      for (let j = 0; j < p; j++) gradient[j]! += scale * g[j]!;
    }
    return sum;
  };
};
