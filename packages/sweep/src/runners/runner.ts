import type { DataSource, DataSpec } from "@isoflop/data";
import type { Seconds } from "@isoflop/flops";
import type { Device } from "@isoflop/tensor";
import type { CheckpointStore, LossBin, StepMetrics, TrainError, TrainOptions, Validation } from "@isoflop/train";
import type { Place } from "../place.js";
import type { RunTask } from "../task.js";

/** A run as seen from outside while it goes on. */
export interface RunProgress {
  /** Steps done. */
  readonly step: number;
  /** The steps since the last report. */
  readonly metrics: readonly StepMetrics[];
}

/** What a train function works with. */
export interface RunnerContext {
  readonly device: Device;
  /** The run's data, whose content is that of its spec. */
  readonly data: DataSource;
  /** Opens other data by their record, each once. */
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
  /** Where the run goes on after an interruption, and where its metrics and pictures find its averaged weights. */
  readonly checkpoints: CheckpointStore;
  /** Least seconds between checkpoints. */
  readonly checkpointSeconds: number;
  /** What of a forward pass is kept for the backward pass, as `train` has it: it decides memory and time, and nothing of the result. */
  readonly checkpointing: NonNullable<TrainOptions["checkpointing"]>;
  /** Stops the run between two steps, after a last checkpoint. */
  readonly signal: AbortSignal;
  /** Keeps the metrics of steps and tells them. Await it before the checkpoint that follows. */
  readonly onProgress: (progress: RunProgress) => Promise<void>;
  /** Told about checkpoints that could not be used. */
  readonly onRejected: (error: TrainError) => void;
}

/** What a run found. Its place on the axes follows from its spec, where nothing else is said. */
export interface RunOutcome extends Partial<Place> {
  /** Validation loss of the averaged weights. */
  readonly loss: number;
  readonly lossStdErr: number;
  /** The same by noise level. */
  readonly lossBins?: readonly LossBin[];
  /** The same of every sample, with the samples' times, ascending: as `validate` of `@isoflop/train` gives them. Kept with the run. */
  readonly validation?: Pick<Validation, "losses" | "times">;
  /** Spent in training, over all sessions. */
  readonly seconds: Seconds;
}

/**
 * Does one run: a pure function of the task, on the same data and kind of device.
 * @throws DivergedError if the task makes the loss infinite, the signal's reason when stopped
 */
export type RunFunction = (task: RunTask, context: RunnerContext) => Promise<RunOutcome>;
