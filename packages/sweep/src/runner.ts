import { type DataSource, type DataSpec, fingerprint } from "@isoflop/data";
import { type Device, leavesOf } from "@isoflop/tensor";
import { type StepMetrics, type TrainError, train } from "@isoflop/train";
import { SweepError } from "./errors.js";
import { computeConvention, placeOf } from "./place.js";
import type { RunResult } from "./result.js";
import { type RunSpec, trainingOf } from "./spec.js";
import type { OpenRun } from "./store.js";

/** A run as seen from outside while it goes on. */
export interface RunProgress {
  /** Steps done. */
  readonly step: number;
  /** The steps since the last report. */
  readonly metrics: readonly StepMetrics[];
}

export interface RunContext {
  /** Where checkpoints and metrics go. */
  readonly run: Pick<OpenRun, "checkpoints" | "append" | "files">;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
  /** Told about checkpoints that could not be used. */
  readonly onRejected: (error: TrainError) => void;
}

/** Something that does one run at a time. */
export interface Runner {
  /** @throws DivergedError if the spec makes the loss infinite, the signal's reason when stopped */
  run(spec: RunSpec, context: RunContext): Promise<RunResult>;
  close(): Promise<void>;
}

export interface TrainRunnerOptions {
  readonly device: Device;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
  /** Least seconds between checkpoints. Default 30. */
  readonly checkpointSeconds?: number;
}

/** Trains in this thread, on a device that stays the caller's. */
export const trainRunner = ({ device, openData, checkpointSeconds = 30 }: TrainRunnerOptions): Runner => ({
  async run(spec, { run, signal, onProgress, onRejected }) {
    const data = await openData(spec.data);
    const found = fingerprint(data);
    if (found.run !== spec.content.data)
      throw new SweepError(
        "data",
        `${data.name} is not the data that this run was planned on: its fingerprint is ${found.run} and spec.content.data is ${spec.content.data}; plan the run again, or bring the data back as they were`,
      );
    const trained = await train(trainingOf(spec), {
      device,
      data,
      store: run.checkpoints,
      signal,
      checkpointSeconds,
      onRejected,
      async onProgress({ step, metrics }) {
        await run.append(metrics);
        onProgress({ step, metrics });
      },
    });
    for (const tensor of leavesOf(trained.weights)) tensor.dispose();
    const { mean: loss, stdErr: lossStdErr } = trained.validation;
    const { name, provenance } = data.describe();
    const { package: from, pixelsSha256 } = provenance;
    const seen = { name, package: from, pixelsSha256, content: found.content };
    return {
      ...{ ...placeOf(spec), convention: computeConvention.name },
      ...{ loss, lossStdErr, seconds: trained.seconds, device: device.description, data: seen },
    };
  },
  async close() {},
});
