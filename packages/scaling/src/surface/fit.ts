import { throwIfAborted } from "../errors.js";
import type { Outcome, Run } from "../types.js";
import type { Descent } from "./descent.js";
import { describe } from "./describe.js";
import { type LongFitOptions, runAll } from "./executor.js";
import { finalists, type Problem, pose, type Solution, type SurfaceOptions } from "./search.js";
import type { SurfaceFit } from "./surface-fit.js";
import { runSurfaceTask } from "./task.js";

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

/** Where the search of a posed problem ends. */
export const solved = (problem: Problem): Outcome<Solution> => {
  const found = finalists(problem, problem.tasks.flatMap(runSurfaceTask));
  return found.ok ? { ok: true, ...concluded(found.best, found.tasks.flatMap(runSurfaceTask)) } : found;
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

/** The best of the finalists on all runs; where the sample was all of them there are none left to run. */
const concluded = (best: Solution, finished: readonly Descent[]): Solution =>
  finished.length > 0 ? { ...best, ...finished.reduce((a, b) => (b.value < a.value ? b : a)) } : best;
