import { throwIfAborted } from "../errors.js";
import type { Outcome, Run } from "../types.js";
import { describe } from "./describe.js";
import { type LongFitOptions, runAll } from "./executor.js";
import { finalists, pose, type SurfaceOptions } from "./search.js";
import { concluded, solved } from "./solve.js";
import type { SurfaceFit } from "./surface-fit.js";

/**
 * Fits a loss surface to runs: log-Huber as in Hoffmann et al. 2022, Approach 3, or least squares of ln L or of L. Many starts, of
 * which the best are carried to the end; beyond a few thousand runs the starts are compared on a sample.
 * @throws ScalingError `bad-option` or `bad-value`, naming the option or the row
 */
export const surface = (runs: readonly Run[], options: SurfaceOptions = {}): Outcome<SurfaceFit> => {
  const posed = pose(runs, options);
  if (!posed.ok) return posed;
  const solution = solved(posed.problem);
  return solution.ok ? { ok: true, ...describe(posed.problem, solution) } : solution;
};

/** As {@link surface}, in pieces: with progress, abort, and workers when an executor is given. The result is the same. */
export const surfaceAsync = async (
  runs: readonly Run[],
  options: SurfaceOptions & LongFitOptions = {},
): Promise<Outcome<SurfaceFit>> => {
  throwIfAborted(options.signal, "the fit");
  const posed = pose(runs, options);
  if (!posed.ok) return posed;
  const { problem } = posed;
  const found = finalists(problem, await runAll(problem.tasks, options));
  if (!found.ok) return found;
  return { ok: true, ...describe(problem, concluded(found.best, await runAll(found.tasks, options))) };
};
