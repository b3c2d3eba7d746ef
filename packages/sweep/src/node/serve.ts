import { parentPort, workerData } from "node:worker_threads";
import type { DataSource, DataSpec } from "@isoflop/data";
import type { Device } from "@isoflop/tensor";
import { SweepError } from "../errors.js";
import { trainRunner } from "../runner.js";
import { Fence } from "./fence.js";
import { errorMessage, type FromWorker, type ToWorker } from "./messages.js";
import { runFiles } from "./run-store.js";

/** What a thread is started with. */
export interface WorkerSettings {
  /** Threads of its WebAssembly device. */
  readonly threads: number;
  readonly checkpointSeconds: number;
}

export interface ServeOptions {
  readonly createDevice: (settings: WorkerSettings) => Promise<Device>;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
}

/**
 * Makes this worker thread do the runs that `workerRunners` sends it. A module of one's own that calls this, given as
 * `entry`, brings other data or another device.
 * @throws SweepError `worker` outside a worker thread
 */
export const serveRuns = async ({ createDevice, openData }: ServeOptions): Promise<void> => {
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

  const perform = async ({ spec, files }: Extract<ToWorker, { kind: "run" }>): Promise<void> => {
    stop = new AbortController();
    const { checkpointSeconds } = settings;
    const result = await trainRunner({ device: await device, openData, checkpointSeconds }).run(spec, {
      run: runFiles(files.folder, new Fence(files.lock)),
      signal: stop.signal,
      onProgress: ({ step, metrics }) => tell({ kind: "progress", step, metrics }),
      onRejected: ({ message }) => tell({ kind: "rejected", message }),
    });
    tell({ kind: "done", result });
  };
};
