import { badOption, throwIfAborted } from "../errors.js";
import type { BootstrapOptions } from "../inference/bootstrap.js";
import type { Descent } from "./descent.js";
import { runSurfaceTask, type SurfaceTask } from "./task.js";

/** Where the pieces of a long fit run. `@isoflop/scaling/node` has one on worker threads; a page can wrap Web Workers. */
export interface Executor {
  /** Pieces in flight at once. */
  readonly parallelism: number;
  run(task: SurfaceTask): Promise<readonly Descent[]>;
}

/** Runs pieces here, returning to the event loop between them. */
export const inlineExecutor: Executor = {
  parallelism: 1,
  run: async (task) => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    return runSurfaceTask(task);
  },
};

export interface LongFitOptions extends Pick<BootstrapOptions, "signal" | "onProgress"> {
  readonly executor?: Executor | undefined;
}

/** Runs tasks in order of submission, `parallelism` at a time; results keep the order, so they do not depend on the executor. */
export const runAll = async (tasks: readonly SurfaceTask[], options: LongFitOptions): Promise<Descent[]> => {
  const { executor = inlineExecutor, signal, onProgress } = options;
  if (!(executor.parallelism >= 1)) throw badOption("executor.parallelism", executor.parallelism, "1 or more");
  const results: (readonly Descent[])[] = new Array(tasks.length);
  let next = 0;
  let done = 0;
  const lane = async () => {
    while (next < tasks.length) {
      throwIfAborted(signal, "the fit");
      const i = next++;
      results[i] = await executor.run(tasks[i]!);
      done++;
      onProgress?.(done, tasks.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(executor.parallelism, tasks.length) }, lane));
  return results.flat();
};
