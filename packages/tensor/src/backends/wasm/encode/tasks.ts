/** Work per task in tenths of a nanosecond: about 20 microseconds, twenty times what handing out a task costs. */
const TASK_COST = 200_000;
const MAX_TASKS = 64;

/**
 * How many tasks to cut `units` independent pieces of work into, and how many pieces each has. It depends on the work
 * alone, never on the number of threads, so that results do not either.
 */
export const cut = (units: number, totalCost: number): { tasks: number; perTask: number } => {
  const wanted = Math.min(MAX_TASKS, Math.max(1, Math.round(totalCost / TASK_COST)), units);
  const perTask = Math.ceil(units / wanted);
  return { tasks: Math.ceil(units / perTask), perTask };
};
