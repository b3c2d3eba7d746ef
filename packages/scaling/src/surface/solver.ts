import { bfgs, type Differentiable } from "../math/bfgs.js";
import type { SurfaceData } from "./data.js";
import type { Descent, Effort } from "./descent.js";
import type { DataScale, SurfaceForm } from "./form.js";
import { logObjective, squaresObjective } from "./objective.js";
import { exponentStarts, polishSquares, varpro } from "./varpro.js";

/** `log-huber` and `log-squares` compare ln L; `squares` compares L. */
export type SurfaceObjective = "log-huber" | "log-squares" | "squares";

/** How one form is fitted under one objective. */
export interface Solver {
  /** Starting points made from the data. */
  starts(scale: DataScale): number[][];
  descend(data: SurfaceData, start: readonly number[], effort: Effort): Descent;
  /** The last digits of a solution. */
  polish(data: SurfaceData, descent: Descent): Descent;
}

/** @param delta corner of the Huber loss in ln L; infinite for squares */
export const solverFor = (form: SurfaceForm, objective: SurfaceObjective, delta: number): Solver => {
  if (objective !== "squares") return byGradient(form, (data) => logObjective(form, data, delta), unchanged);
  const polish = (data: SurfaceData, descent: Descent) => polishSquares(form, data, descent);
  const { terms } = form;
  if (!terms) return byGradient(form, (data) => squaresObjective(form, data), polish);
  return {
    starts: () => exponentStarts(terms),
    descend: (data, start, effort) => varpro(form, data, start, effort),
    polish,
  };
};

const byGradient = (
  form: SurfaceForm,
  objective: (data: SurfaceData) => Differentiable,
  polish: Solver["polish"],
): Solver => ({
  starts: (scale) => form.starts(scale),
  descend(data, start, effort) {
    const { x, value, gradientNorm, converged } = bfgs(objective(data), start, effort);
    return { theta: Array.from(x), value, gradientNorm, converged };
  },
  polish,
});

const unchanged: Solver["polish"] = (_, descent) => descent;
