/// <reference lib="esnext.disposable" preserve="true" />
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Descent } from "./surface/descent.js";
import { type Executor, inlineExecutor } from "./surface/executor.js";
import { fromOutside } from "./surface/forms/index.js";
import type { SurfaceTask } from "./surface/task.js";
import program from "./worker.js?program";

/** An executor on worker threads. `close` it, or the process stays alive. */
export interface ThreadExecutor extends Executor, AsyncDisposable {
  close(): Promise<void>;
}

export interface ThreadOptions {
  /** Default: one per core. */
  readonly threads?: number;
}

interface Job {
  readonly task: SurfaceTask;
  readonly resolve: (descents: readonly Descent[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs the pieces of surface fits and bootstraps on worker threads. Results equal those of a single thread, draw for draw. Of a form
 * that was added from outside they are done in this thread, which alone has it.
 */
export const threadExecutor = (options: ThreadOptions = {}): ThreadExecutor => {
  const { threads = availableParallelism() } = options;
  if (!(Number.isInteger(threads) && threads > 0))
    throw new RangeError(`threads is ${threads}; expected a positive whole number`);
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  let closed = false;
  let started = 0;

  const next = (worker: Worker) => {
    const job = waiting.shift();
    if (!job) {
      idle.push(worker);
      return;
    }
    busy.set(worker, job);
    worker.postMessage(job.task);
  };
  const start = (): Worker => {
    started++;
    const worker = new Worker(program, { eval: true, execArgv: [], name: "isoflop-fit" });
    const fail = (error: Error) => {
      started--;
      const job = busy.get(worker);
      busy.delete(worker);
      job?.reject(error);
      if (waiting.length > 0 && !closed) next(start());
    };
    worker.on("message", (descents: readonly Descent[]) => {
      const job = busy.get(worker);
      busy.delete(worker);
      job?.resolve(descents);
      next(worker);
    });
    worker.on("error", fail);
    worker.on("exit", (code) => {
      if (busy.has(worker)) fail(new Error(`a fitting thread stopped with code ${code}`));
    });
    return worker;
  };
  const close = async () => {
    closed = true;
    const workers = [...idle, ...busy.keys()];
    for (const job of waiting.splice(0)) job.reject(new Error("the executor was closed"));
    await Promise.all(workers.map((worker) => worker.terminate()));
  };

  return {
    parallelism: threads,
    run: (task) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error("the executor was closed"));
          return;
        }
        if (fromOutside(task.form)) {
          resolve(inlineExecutor.run(task));
          return;
        }
        waiting.push({ task, resolve, reject });
        const worker = idle.pop() ?? (started < threads ? start() : undefined);
        if (worker) next(worker);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
};
