import { availableParallelism } from "node:os";
import type { MetricRequest, RunRecord, RunSpec, SweepOptions } from "@isoflop/sweep";
import { placeOf, type Runner, runSweep, trainRunner } from "@isoflop/sweep";
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

/** How much longer the longest of some runs may be than the shortest, where they count as equal. */
const EQUAL = 1.2;

/**
 * The longest runs first: at the end of a grid only short ones are left, and no core waits for a long one. The narrower of two of one cost takes
 * longer.
 */
export const longestFirst = (specs: readonly RunSpec[]): readonly RunSpec[] => {
  const costs = new Map(specs.map((spec) => [spec, placeOf(spec).flops]));
  return [...specs].sort((a, b) => costs.get(b)! - costs.get(a)! || a.model.width - b.model.width);
};

/**
 * Runs that go side by side, one after the other such lot. All in one, except where equally long runs would leave cores without work at the
 * end: then the last few share all cores, as three of them on two cores take the time of one on one and of one on two.
 */
export const lotsOf = (specs: readonly RunSpec[], lanes: number): readonly (readonly RunSpec[])[] => {
  const order = longestFirst(specs);
  const rest = order.length % lanes;
  const costs = order.map((spec) => placeOf(spec).flops);
  const equal = Math.max(...costs) <= EQUAL * Math.min(...costs);
  if (!equal || rest === 0 || order.length < lanes) return [order];
  return [order.slice(0, order.length - rest), order.slice(order.length - rest)];
};

/**
 * Opens a device for the runs of a study. On `wasm` runs go side by side, one to a core, as two on a thread each end sooner than one after the
 * other on two; where fewer are left than cores, each takes several. On `webgpu` runs follow each other.
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
  const lanes = kind === "webgpu" ? 1 : (parallel ?? cores);
  const runnersFor = (runs: number): readonly Runner[] => {
    if (kind === "webgpu") return [trainRunner({ device, openData, checkpointing, prepare: prepareModules })];
    const count = Math.max(1, Math.min(runs, lanes));
    return workerRunners({ count, threads: threadsOfEach(cores, count), checkpointing, entry: workerEntry() });
  };
  return {
    device,
    async train(specs, metrics) {
      const done = new Map<RunSpec, RunRecord>();
      for (const lot of specs.length > 0 ? lotsOf(specs, lanes) : []) {
        const runners = runnersFor(lot.length);
        try {
          const records = await runSweep(lot, {
            ...{ store, runners, signal, onProgress, metrics },
            onRejected: (id, error) => onNote?.(`run ${id}: ${error.message}`),
          });
          lot.forEach((spec, i) => {
            done.set(spec, records[i]!);
          });
        } finally {
          await Promise.all(runners.map((runner) => runner.close()));
        }
      }
      return specs.map((spec) => done.get(spec)!);
    },
    close: () => device.destroy(),
  };
};
