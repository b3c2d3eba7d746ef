import { join } from "node:path";
import {
  lacking,
  type MetricRequest,
  type OpenRun,
  type RunMeasurement,
  type Runner,
  type RunRecord,
  type RunSpec,
  type RunStore,
  runId,
  SweepMeter,
  type SweepProgress,
  trainRunner,
} from "@isoflop/sweep";
import { type dataOpener, fileRunStore } from "@isoflop/sweep/node";
import { createDevice } from "@isoflop/tensor";
import { DivergedError } from "@isoflop/train";
import { CliError, exitCodes } from "../exit.js";
import { prepareModules } from "../modules/index.js";
import type { DoneRun } from "../runs/point.js";

export interface TrainOneOptions {
  /** The run gets a folder of its own in it, named by its id. */
  readonly out: string;
  readonly device: "wasm" | "webgpu";
  readonly openData: ReturnType<typeof dataOpener>;
  /** What is measured of it, where it has not been measured yet. */
  readonly metrics: readonly MetricRequest[];
  /** What the run keeps of a forward pass: it decides memory and time, and nothing of the result. */
  readonly checkpointing: "none" | "blocks";
  /** Least seconds between checkpoints. */
  readonly checkpointSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SweepProgress) => void;
  /** Told about checkpoints that could not be used, and for whom it waits. */
  readonly onNote: (note: string) => void;
}

/**
 * Trains one model and measures it, from its last checkpoint if it has one; of a run that is done only what is missing is measured.
 * @throws CliError when the loss diverges, now or when the run was tried before
 * @throws SweepError `busy` while another process has the run, `store` if its folder cannot be written, `claim` if its lock is lost
 */
export const trainOne = async (spec: RunSpec, options: TrainOneOptions): Promise<MeasuredRun> => {
  const { out, openData, checkpointing, checkpointSeconds, signal, onNote } = options;
  const id = runId(spec);
  const store = fileRunStore(out);
  const before = await store.read(id);
  // It may be where nobody can write.
  if (before && before.state !== "unfinished") {
    const done = doneOf(before, out);
    const measurements = await store.measurements(id);
    if (lacking(spec, options.metrics, measurements).length === 0) return { ...done, measurements };
  }
  // Before the folder: a device that is not there leaves nothing behind.
  const device = await createDevice(options.device);
  try {
    const run = await store.open(spec, { signal, onWait: onNote });
    try {
      const runner = trainRunner({ device, openData, checkpointing, checkpointSeconds, prepare: prepareModules });
      // Another process may have ended it by now.
      const done =
        run.record.state !== "unfinished" ? doneOf(run.record, out) : await perform(spec, run, runner, options);
      await measureMissing(done, { store, run, runner, ...options });
      return { ...done, measurements: await store.measurements(id) };
    } catch (error) {
      if (!(error instanceof DivergedError && run.record.state === "unfinished")) throw error;
      // It would diverge again, so it is not tried again.
      await run.fail({ code: error.code, message: error.message });
      throw diverged(out, id, error.message);
    } finally {
      // A lock that stays is that of a dead process, whom the next one does not wait for.
      await run.close().catch(({ message }: Error) => onNote(message));
    }
  } finally {
    device.destroy();
  }
};

/** A run that is done, and what was measured of it. */
export type MeasuredRun = DoneRun & { readonly measurements: readonly RunMeasurement[] };

const perform = async (spec: RunSpec, run: OpenRun, runner: Runner, options: TrainOneOptions): Promise<DoneRun> => {
  const { signal, onProgress, onNote } = options;
  const id = runId(spec);
  const meter = new SweepMeter([{ id, spec }]);
  const tell = (): void => onProgress(meter.progress());
  meter.begin(id, spec);
  tell();
  try {
    const result = await runner.run(spec, {
      run,
      signal,
      onProgress: ({ step, metrics }) => {
        meter.advance(id, step, metrics);
        tell();
      },
      onRejected: ({ message }) => onNote(`${message}; going on from the one before`),
    });
    await run.finish(result);
    meter.end(id, "done");
    return { id, spec, state: "done", result };
  } catch (error) {
    meter.end(id, error instanceof DivergedError ? "failed" : "interrupted");
    throw error;
  } finally {
    tell();
  }
};

interface Measuring extends Pick<TrainOneOptions, "metrics" | "signal" | "onProgress" | "onNote"> {
  readonly store: RunStore;
  readonly run: OpenRun;
  readonly runner: Runner;
}

const measureMissing = async ({ id, spec }: DoneRun, options: Measuring) => {
  const { store, run, runner, metrics, signal, onProgress, onNote } = options;
  const requests = lacking(spec, metrics, await store.measurements(id));
  if (requests.length === 0) return;
  const meter = new SweepMeter([{ id, spec }]);
  try {
    await runner.measure?.(spec, requests, {
      ...{ run, signal },
      onMetric(kind) {
        meter.measure(id, spec, kind);
        onProgress(meter.progress());
      },
      onRejected: ({ message }) => onNote(`${message}; measuring the one before`),
    });
  } finally {
    meter.end(id, "done");
    onProgress(meter.progress());
  }
};

type Ended = Exclude<RunRecord, { readonly state: "unfinished" }>;

/** @throws CliError for a run that diverged */
const doneOf = (record: Ended, out: string): DoneRun => {
  if (record.state === "done") return record;
  throw diverged(out, record.id, record.failure.message);
};

const diverged = (out: string, id: string, message: string): CliError =>
  new CliError(exitCodes.failed, `${join(out, id)} diverged: ${message}`);
