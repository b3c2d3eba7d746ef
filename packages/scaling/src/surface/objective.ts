import type { Differentiable } from "../math/bfgs.js";
import { rowLoss, type SurfaceData } from "./data.js";
import type { SurfaceForm } from "./form.js";
import type { SurfaceObjective } from "./objectives/objective.js";

/** What is made least, with the width of its ρ; 0 where it has none. */
export interface Measure {
  readonly objective: SurfaceObjective;
  readonly width: number;
}

/** Σ w ρ(r) over the rows of the data, with its gradient in θ. */
export const objectiveOf = (form: SurfaceForm, data: SurfaceData, { objective, width }: Measure): Differentiable => {
  const p = form.theta.length;
  const g = new Float64Array(p);
  const { lnL, loss, weight } = data;
  const n = loss.length;
  const at = rowLoss(form, data);
  const raw = objective.scale === "raw";
  return (theta, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i]!;
      if (w === 0) continue;
      const log = at(theta, i, g);
      const predicted = raw ? Math.exp(log) : 1;
      const r = raw ? predicted - loss[i]! : log - lnL[i]!;
      sum += w * objective.value(r, width);
      const scale = w * objective.slope(r, width) * predicted;
      for (let j = 0; j < p; j++) gradient[j]! += scale * g[j]!;
    }
    return sum;
  };
};
