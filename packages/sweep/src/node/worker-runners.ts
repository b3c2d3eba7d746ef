import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { choice, number, read, record, whole } from "@isoflop/spec";
import { TrainError, type TrainOptions } from "@isoflop/train";
import * as v from "valibot";
import { SweepError } from "../errors.js";
import type { MeasureContext } from "../measure.js";
import type { MetricRequest } from "../measurement.js";
import type { RunResult } from "../result.js";
import type { RunContext, Runner } from "../runner.js";
import type { RunSpec } from "../spec.js";
import type { RunFiles } from "../store.js";
import { errorFrom, type FromWorker, type ToWorker } from "./messages.js";
import type { WorkerSettings } from "./serve.js";

export interface WorkerRunnerOptions {
  /** Threads, 1 to 1024, each doing one run at a time on a device of its own. */
  readonly count: number;
  /** Threads of each device. Default 1: several small runs side by side beat one run on several threads. */
  readonly threads?: number;
  /** Least seconds between checkpoints. Default 30. */
  readonly checkpointSeconds?: number;
  /** What runs keep of a forward pass, as `trainRunner` has it. Default "none". */
  readonly checkpointing?: TrainOptions["checkpointing"];
  /** A module that calls `serveRuns`. Default: WebAssembly and the data sources by name. */
  readonly entry?: URL;
}

type Told = Extract<FromWorker, { readonly kind: "progress" | "rejected" | "metric" }>;
type Done = Extract<FromWorker, { readonly kind: "done" | "measured" }>;
type End = Exclude<FromWorker, Told | Done>;

const reasonOf = (message: End, signal: AbortSignal): unknown =>
  message.kind === "stopped" ? signal.reason : errorFrom(message);

/** @throws SweepError `worker` for a run that lies in no folder */
const filesOf = ({ files }: RunFiles): NonNullable<RunFiles["files"]> => {
  if (files) return files;
  throw new SweepError("worker", "worker threads need a store of files; open the runs with fileRunStore");
};

class WorkerRunner implements Runner {
  readonly #worker: Worker;
  #exit: SweepError | undefined;

  constructor(entry: URL, settings: WorkerSettings) {
    this.#worker = new Worker(entry, { workerData: settings, name: "isoflop-run" });
    this.#worker.on("error", (error) => {
      this.#exit ??= new SweepError("worker", `a worker thread failed: ${error.message}`, { cause: error });
    });
    this.#worker.once("exit", (code) => {
      this.#exit ??= new SweepError("worker", `a worker thread ended with code ${code}`);
    });
    // An idle thread must not keep the process alive; while a run goes on, `run` holds it.
    this.#worker.unref();
  }

  async run(spec: RunSpec, { run, signal, onProgress, onRejected }: RunContext): Promise<RunResult> {
    const done = await this.#ask({ kind: "run", spec, files: filesOf(run) }, signal, (message) => {
      if (message.kind === "progress") onProgress(message);
      else if (message.kind === "rejected") onRejected(new TrainError("checkpoint", message.message));
    });
    return (done as Extract<Done, { readonly kind: "done" }>).result;
  }

  async measure(
    spec: RunSpec,
    requests: readonly MetricRequest[],
    { run, signal, onMetric, onRejected }: MeasureContext & Pick<RunContext, "run">,
  ): Promise<void> {
    await this.#ask({ kind: "measure", spec, requests, files: filesOf(run) }, signal, (message) => {
      if (message.kind === "metric") onMetric?.(message.metric);
      else if (message.kind === "rejected") onRejected?.(new TrainError("checkpoint", message.message));
    });
  }

  /** Asks the thread for one thing and hears what it tells until that is done. */
  #ask(what: ToWorker, signal: AbortSignal, hear: (message: Told) => void): Promise<Done> {
    const worker = this.#worker;
    return new Promise<Done>((resolve, reject) => {
      const stop = (): void => worker.postMessage({ kind: "stop" } satisfies ToWorker);
      const settle = (action: () => void): void => {
        signal.removeEventListener("abort", stop);
        worker.off("message", listen);
        worker.off("exit", exited);
        worker.unref();
        action();
      };
      const exited = (): void => settle(() => reject(this.#exit));
      const listen = (message: FromWorker): void => {
        if (message.kind === "progress" || message.kind === "rejected" || message.kind === "metric") hear(message);
        else if (message.kind === "done" || message.kind === "measured") settle(() => resolve(message));
        else settle(() => reject(reasonOf(message, signal)));
      };
      if (this.#exit) return reject(this.#exit);
      if (signal.aborted) return reject(signal.reason);
      worker.ref();
      worker.on("message", listen);
      worker.once("exit", exited);
      signal.addEventListener("abort", stop);
      worker.postMessage(what);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** More threads than this no machine has cores for. */
const MOST_RUNNERS = 1024;

/** The module beside this one, unless a bundler has made a program of them that does not know where it lies. */
const usualEntry = (): URL | undefined =>
  URL.canParse("./worker.js", import.meta.url) ? new URL("./worker.js", import.meta.url) : undefined;

const BUNDLED =
  "a bundler that takes @isoflop/sweep into a program leaves its worker.js behind: keep the package external, or give as entry the URL of a module of yours that calls serveRuns";

/** @throws SweepError `worker` naming the file that is not there */
const checkedEntry = (entry: URL | undefined): URL => {
  if (entry === undefined)
    throw new SweepError("worker", `the program does not know where its worker.js is; ${BUNDLED}`);
  if (entry.protocol === "file:" && !existsSync(entry))
    throw new SweepError("worker", `there is no ${fileURLToPath(entry)} for a thread to run; ${BUNDLED}`);
  return entry;
};

const checkedOptions = record({
  count: whole({ atLeast: 1, atMost: MOST_RUNNERS }),
  threads: v.optional(whole({ atLeast: 1 }), 1),
  checkpointSeconds: v.optional(number({ atLeast: 0 }), 30),
  checkpointing: v.optional(choice(["none", "blocks"]), "none"),
  entry: v.optional(v.instance(URL, "a URL")),
});

/**
 * Runners in worker threads, for several runs at once.
 * @throws SweepError `worker` for an option that is wrong or of another name, or an entry that is not there; runs, if a thread cannot start
 * or dies
 */
export const workerRunners = (options: WorkerRunnerOptions): readonly Runner[] => {
  const error = (message: string) => new SweepError("worker", message);
  const { count, entry = usualEntry(), ...settings } = read(checkedOptions, options, { name: "options", error });
  const module = checkedEntry(entry);
  return Array.from({ length: count }, () => new WorkerRunner(module, settings));
};
