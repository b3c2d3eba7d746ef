import type { DataSource } from "@isoflop/data";
import { choice, number, record, whole } from "@isoflop/spec";
import type { Device } from "@isoflop/tensor";
import * as v from "valibot";
import type { CheckpointStore } from "./checkpoint.js";
import type { TrainError } from "./errors.js";
import type { ModelOptions } from "./model.js";
import type { StepMetrics } from "./step-metrics.js";

export interface Progress {
  /** Steps done. */
  readonly step: number;
  readonly steps: number;
  /** Seconds spent training so far, over all sessions. */
  readonly seconds: number;
  /** The steps since the last report, in order. */
  readonly metrics: readonly StepMetrics[];
}

export interface TrainOptions {
  readonly device: Device;
  /** Images and captions that fit the model. */
  readonly data: DataSource;
  /** Where checkpoints go. Without one, an interrupted run starts again. */
  readonly store?: CheckpointStore;
  /** Stops the run between two steps, after a last checkpoint. */
  readonly signal?: AbortSignal;
  /** Awaited, so that what it writes is on disk before the checkpoint that follows it. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
  /** Told about checkpoints that could not be used, before the run goes on from an earlier one or from the start. */
  readonly onRejected?: (error: TrainError) => void;
  /**
   * Losses are read from the device, and progress is reported, every so many steps or every second: a GPU that is asked
   * more often waits. Default 16.
   */
  readonly readEvery?: number;
  /** Least seconds between checkpoints; Infinity for the last alone. Default 30. */
  readonly checkpointSeconds?: number;
  /**
   * "blocks": each step keeps the input of every block and computes the rest again for the gradient, as `dit` has it: less memory, more work,
   * and the same weights. Default "none".
   */
  readonly checkpointing?: ModelOptions["checkpointing"];
}

const anything = v.optional(v.unknown());

export const trainOptions = record({
  device: v.custom(
    (device) => typeof (device as Device | null)?.tensor === "function",
    "one of createDevice of @isoflop/tensor",
  ),
  data: v.custom(
    (data) => typeof (data as DataSource | null)?.batch === "function",
    "a data source, such as shapeScenes() of @isoflop/data",
  ),
  ...{ store: anything, signal: anything, onProgress: anything, onRejected: anything },
  readEvery: v.optional(whole({ atLeast: 1 }), 16),
  checkpointSeconds: v.optional(v.union([v.literal(Infinity), number({ atLeast: 0 })], "at least 0, or Infinity"), 30),
  checkpointing: v.optional(choice(["none", "blocks"]), "none"),
} satisfies { readonly [K in keyof TrainOptions]-?: v.GenericSchema });
