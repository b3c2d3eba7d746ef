import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { RunRecord, RunSpec, RunStore, SweepProgress } from "@isoflop/sweep";
import { type Runner, runSweep, trainRunner } from "@isoflop/sweep";
import { dataOpener, fileRunStore, workerRunners } from "@isoflop/sweep/node";
import { createDevice, type Device } from "@isoflop/tensor";

export interface SessionOptions {
  /** Folder of the study; runs go to `runs/` in it. */
  readonly out: string;
  readonly device: "wasm" | "webgpu";
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onNote?: (note: string) => void;
}

/** The machinery that does runs: files, devices, threads. */
export interface Session {
  readonly store: RunStore;
  /** For sampling. */
  readonly device: Device;
  /** Does runs that are not done; several at once where that is faster. */
  train(specs: readonly RunSpec[]): Promise<readonly RunRecord[]>;
  close(): Promise<void>;
}

/** A device of `@isoflop/tensor` has no more. */
const MOST_THREADS = 64;

/** Threads of each of several devices that share a machine's cores. */
export const threadsOfEach = (cores: number, devices: number): number =>
  Math.min(MOST_THREADS, Math.max(1, Math.floor(cores / devices)));

/**
 * Opens a study's folder and a device. On `wasm` small runs go side by side, one to a core; a single run takes all cores. On
 * `webgpu` runs follow each other.
 */
export const openSession = async ({
  out,
  device: kind,
  signal,
  onProgress,
  onNote,
}: SessionOptions): Promise<Session> => {
  const store = fileRunStore(join(out, "runs"));
  const device = await createDevice(kind);
  const cores = availableParallelism();
  const openData = dataOpener();
  let runners: readonly Runner[] = [];
  const runnersFor = (runs: number): readonly Runner[] => {
    if (kind === "webgpu") return [trainRunner({ device, openData })];
    const count = Math.max(1, Math.min(runs, cores));
    return workerRunners({ count, threads: threadsOfEach(cores, count) });
  };
  const close = async (): Promise<void> => {
    await Promise.all(runners.map((runner) => runner.close()));
    runners = [];
  };
  return {
    store,
    device,
    async train(specs) {
      runners = runnersFor(specs.length);
      try {
        return await runSweep(specs, {
          store,
          runners,
          ...(signal && { signal }),
          ...(onProgress && { onProgress }),
          onRejected: (id, error) => onNote?.(`run ${id}: ${error.message}`),
        });
      } finally {
        await close();
      }
    },
    async close() {
      await close();
      device.destroy();
    },
  };
};
