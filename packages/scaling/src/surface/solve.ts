import type { Outcome } from "../types.js";
import type { Descent } from "./descent.js";
import { finalists, type Problem, type Solution } from "./search.js";
import { runSurfaceTask } from "./task.js";

/** Where the search of a posed problem ends. */
export const solved = (problem: Problem): Outcome<Solution> => {
  const found = finalists(problem, problem.tasks.flatMap(runSurfaceTask));
  return found.ok ? { ok: true, ...concluded(found.best, found.tasks.flatMap(runSurfaceTask)) } : found;
};

/** The best of the finalists on all runs; where the sample was all of them there are none left to run. */
export const concluded = (best: Solution, finished: readonly Descent[]): Solution =>
  finished.length > 0 ? { ...best, ...finished.reduce((a, b) => (b.value < a.value ? b : a)) } : best;
