import { availableParallelism } from "node:os";
import type { MetricRequest, RunRecord, RunSpec, SweepOptions } from "@isoflop/sweep";
import { type Runner, runSweep, trainRunner } from "@isoflop/sweep";
import { dataOpener, workerRunners } from "@isoflop/sweep/node";
import { createDevice, type Device } from "@isoflop/tensor";
import type { TrainOptions } from "@isoflop/train";
import { prepareModules } from "../modules/index.js";
import { workerEntry } from "../worker-entry.js";

export interface SessionOptions extends Pick<SweepOptions, "store" | "signal" | "onProgress"> {
  readonly device: "wasm" | "webgpu";
  /** Runs at once on `wasm`. Default: as many as there are cores. */
  readonly parallel?: number | undefined;
  /** What runs keep of a forward pass: it decides memory and time, and nothing of what they find. */
  readonly checkpointing?: TrainOptions["checkpointing"] | undefined;
  readonly onNote?: ((note: string) => void) | undefined;
}

/** The machinery that does runs: devices and threads. */
export interface Session {
  /** For sampling. */
  readonly device: Device;
  /** Does runs that are not done, and measures what has not been measured; several at once where that is faster. */
  train(specs: readonly RunSpec[], metrics?: readonly MetricRequest[]): Promise<readonly RunRecord[]>;
  close(): void;
}

/** A device of `@isoflop/tensor` has no more. */
const MOST_THREADS = 64;

/** Threads of each of several devices that share a machine's cores. */
export const threadsOfEach = (cores: number, devices: number): number =>
  Math.min(MOST_THREADS, Math.max(1, Math.floor(cores / devices)));

/**
 * Opens a device for the runs of a study. On `wasm` small runs go side by side, one to a core; a single run takes all cores. On
 * `webgpu` runs follow each other.
 */
export const openSession = async ({
  store,
  device: kind,
  parallel,
  checkpointing = "none",
  signal,
  onProgress,
  onNote,
}: SessionOptions): Promise<Session> => {
  const device = await createDevice(kind);
  const cores = availableParallelism();
  const openData = dataOpener();
  const runnersFor = (runs: number): readonly Runner[] => {
    if (kind === "webgpu") return [trainRunner({ device, openData, checkpointing, prepare: prepareModules })];
    const count = Math.max(1, Math.min(runs, parallel ?? cores));
    return workerRunners({ count, threads: threadsOfEach(cores, count), checkpointing, entry: workerEntry() });
  };
  return {
    device,
    async train(specs, metrics) {
      const runners = runnersFor(specs.length);
      try {
        return await runSweep(specs, {
          ...{ store, runners, signal, onProgress, metrics },
          onRejected: (id, error) => onNote?.(`run ${id}: ${error.message}`),
        });
      } finally {
        await Promise.all(runners.map((runner) => runner.close()));
      }
    },
    close: () => device.destroy(),
  };
};
