import { orthonormal, without } from "../math/orthonormal.js";
import { surfaceObjectives } from "../surface/objectives/index.js";
import { logSurfaceLoss } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import type { Run } from "../types.js";
import { type Directions, directions } from "./directions.js";

/** A fit as the linear model it is near its optimum: vectors over the runs, on the scale that was fitted and weighed. */
export interface Linearised {
  /** Measured minus fitted, less what a small step of θ would take up: of a fit that is not of least squares that is not nothing. */
  readonly residuals: Float64Array;
  /** Orthonormal: what θ can take up. */
  readonly spanned: readonly Float64Array[];
  readonly beyond: Directions;
  /** Of every run: a residual over it is one of ln L. */
  readonly scale: Float64Array;
}

/** The model at the fit. A θ that is at its bound has no error in the covariance, and is held there. */
export const linearise = (runs: readonly Run[], fit: SurfaceFit, weight: (run: Run) => number): Linearised => {
  const size = fit.theta.length;
  const free = fit.theta.flatMap((v, j) =>
    Number.isFinite(v) && (fit.covariance === undefined || fit.covariance[j]![j]! > 0) ? [j] : [],
  );
  const raw = surfaceObjectives.get(fit.objective.name).scale === "raw";
  const gradient = new Float64Array(size);
  const columns = free.map(() => new Float64Array(runs.length));
  const residuals = new Float64Array(runs.length);
  const scale = new Float64Array(runs.length);
  for (const [i, run] of runs.entries()) {
    const log = logSurfaceLoss(fit, run, gradient);
    scale[i] = Math.sqrt(weight(run)) * (raw ? Math.exp(log) : 1);
    const residual = Math.log(run.loss) - log;
    residuals[i] = scale[i]! * (raw ? Math.expm1(residual) : residual);
    for (const [k, j] of free.entries()) columns[k]![i] = scale[i]! * gradient[j]!;
  }
  const spanned = orthonormal(columns);
  const logs = (of: "N" | "D") => Float64Array.from(runs, (run) => Math.log(run[of]));
  return {
    residuals: without(residuals, spanned),
    spanned,
    beyond: directions(logs("N"), logs("D"), scale, spanned),
    scale,
  };
};
