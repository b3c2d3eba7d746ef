import { join } from "node:path";
import { type RunRecord, type RunSpec, runId, SweepMeter, type SweepProgress, trainRunner } from "@isoflop/sweep";
import { type dataOpener, fileRunStore } from "@isoflop/sweep/node";
import { createDevice } from "@isoflop/tensor";
import { DivergedError } from "@isoflop/train";
import { CliError, exitCodes } from "../exit.js";
import type { DoneRun } from "../runs/point.js";

export interface TrainOneOptions {
  /** The run gets a folder of its own in it, named by its id. */
  readonly out: string;
  readonly device: "wasm" | "webgpu";
  readonly openData: ReturnType<typeof dataOpener>;
  /** Least seconds between checkpoints. */
  readonly checkpointSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SweepProgress) => void;
  /** Told about checkpoints that could not be used, and for whom it waits. */
  readonly onNote: (note: string) => void;
}

/**
 * Trains one model and measures it, from its last checkpoint if it has one; a run that is done is only read.
 * @throws CliError when the loss diverges, now or when the run was tried before
 * @throws SweepError `busy` while another process has the run, `store` if its folder cannot be written, `claim` if its lock is lost
 */
export const trainOne = async (spec: RunSpec, options: TrainOneOptions): Promise<DoneRun> => {
  const { out, openData, checkpointSeconds, signal, onProgress, onNote } = options;
  const id = runId(spec);
  const store = fileRunStore(out);
  const before = await store.read(id);
  // It may be where nobody can write.
  if (before && before.state !== "unfinished") return doneOf(before, out);
  // Before the folder: a device that is not there leaves nothing behind.
  const device = await createDevice(options.device);
  const meter = new SweepMeter([{ id, spec }]);
  const end = (state: "done" | "failed" | "interrupted"): void => {
    meter.end(id, state);
    onProgress(meter.progress());
  };
  try {
    const run = await store.open(spec, { signal, onWait: onNote });
    try {
      // Another process may have ended it by now.
      if (run.record.state !== "unfinished") return doneOf(run.record, out);
      meter.begin(id, spec);
      onProgress(meter.progress());
      const result = await trainRunner({ device, openData, checkpointSeconds }).run(spec, {
        run,
        signal,
        onProgress: ({ step, metrics }) => {
          meter.advance(id, step, metrics);
          onProgress(meter.progress());
        },
        onRejected: ({ message }) => onNote(`${message}; going on from the one before`),
      });
      await run.finish(result);
      end("done");
      return { id, spec, state: "done", result };
    } catch (error) {
      end(error instanceof DivergedError ? "failed" : "interrupted");
      if (!(error instanceof DivergedError)) throw error;
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

type Ended = Exclude<RunRecord, { readonly state: "unfinished" }>;

/** @throws CliError for a run that diverged */
const doneOf = (record: Ended, out: string): DoneRun => {
  if (record.state === "done") return record;
  throw diverged(out, record.id, record.failure.message);
};

const diverged = (out: string, id: string, message: string): CliError =>
  new CliError(exitCodes.failed, `${join(out, id)} diverged: ${message}`);
