import { bfgs } from "../math/bfgs.js";
import type { SurfaceData } from "./data.js";
import type { Descent, Effort } from "./descent.js";
import type { DataScale, SurfaceForm } from "./form.js";
import { objectiveOf, type SurfaceObjective } from "./objective.js";
import { exponentStarts, polishSquares, varpro } from "./varpro.js";

/**
 * How one form is fitted under one objective.
 * @param delta corner of the Huber loss in ln L; infinite for squares
 */
export const solverFor = (form: SurfaceForm, objective: SurfaceObjective, delta: number) => {
  const { terms } = form;
  const squares = objective === "squares";
  return {
    /** Starting points made from the data. */
    starts: (scale: DataScale): number[][] => (squares && terms ? exponentStarts(terms) : form.starts(scale)),
    descend(data: SurfaceData, start: readonly number[], effort: Effort): Descent {
      if (squares && terms) return varpro(terms, data, start, effort);
      const { x, value, gradientNorm, converged } = bfgs(objectiveOf(form, data, objective, delta), start, effort);
      return { theta: Array.from(x), value, gradientNorm, converged };
    },
    /** The last digits of a solution. */
    polish: (data: SurfaceData, descent: Descent): Descent => (squares ? polishSquares(form, data, descent) : descent),
  };
};
