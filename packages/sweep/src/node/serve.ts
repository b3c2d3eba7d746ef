import { parentPort, workerData } from "node:worker_threads";
import type { DataSource, DataSpec } from "@isoflop/data";
import type { Device } from "@isoflop/tensor";
import type { TrainError, TrainOptions } from "@isoflop/train";
import type { Prepare } from "../content.js";
import { SweepError } from "../errors.js";
import { trainRunner } from "../runner.js";
import type { RunProgress } from "../runners/runner.js";
import { Fence } from "./fence.js";
import { errorMessage, type FromWorker, type ToWorker } from "./messages.js";
import { runFiles } from "./run-store.js";

/** What a thread is started with. */
export interface WorkerSettings {
  /** Threads of its WebAssembly device. */
  readonly threads: number;
  readonly checkpointSeconds: number;
  readonly checkpointing: NonNullable<TrainOptions["checkpointing"]>;
}

export interface ServeOptions {
  readonly createDevice: (settings: WorkerSettings) => Promise<Device>;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
  /** Makes parts from outside known in this thread before a run, or a metric, that takes some. */
  readonly prepare?: Prepare;
}

/**
 * Makes this worker thread do the runs that `workerRunners` sends it. A module of one's own that calls this, given as
 * `entry`, brings other data or another device.
 * @throws SweepError `worker` outside a worker thread
 */
export const serveRuns = async ({ createDevice, openData, prepare }: ServeOptions): Promise<void> => {
  const port = parentPort;
  if (!port) throw new SweepError("worker", "serveRuns works in a worker thread only; start it with workerRunners");
  const tell = (message: FromWorker): void => port.postMessage(message);
  const settings = workerData as WorkerSettings;
  const device = createDevice(settings);
  let stop = new AbortController();
  port.on("message", (message: ToWorker) => {
    if (message.kind === "stop") stop.abort();
    else
      void perform(message).catch((error: unknown) =>
        tell(stop.signal.aborted ? { kind: "stopped" } : errorMessage(error)),
      );
  });

  const perform = async (message: Exclude<ToWorker, { kind: "stop" }>): Promise<void> => {
    stop = new AbortController();
    const { checkpointSeconds, checkpointing } = settings;
    const { spec, files } = message;
    const options = { device: await device, openData, checkpointSeconds, checkpointing };
    const runner = trainRunner(prepare ? { ...options, prepare } : options);
    const context = {
      run: runFiles(files.folder, new Fence(files.lock)),
      signal: stop.signal,
      onRejected: ({ message }: TrainError) => tell({ kind: "rejected", message }),
    };
    if (message.kind === "measure") {
      const onMetric = (metric: string): void => tell({ kind: "metric", metric });
      await runner.measure!(spec, message.requests, { ...context, onMetric });
      return tell({ kind: "measured" });
    }
    const onProgress = ({ step, metrics }: RunProgress): void => tell({ kind: "progress", step, metrics });
    tell({ kind: "done", result: await runner.run(spec, { ...context, onProgress }) });
  };
};
