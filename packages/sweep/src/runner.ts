import type { DataSource, DataSpec } from "@isoflop/data";
import type { Device } from "@isoflop/tensor";
import type { TrainError, TrainOptions } from "@isoflop/train";
import { checkContent } from "./checked-data.js";
import type { Prepare } from "./content.js";
import { samplesOf } from "./losses.js";
import { type MeasureContext, measureRun } from "./measure.js";
import type { MetricRequest } from "./measurement.js";
import { computeConvention, placeOf } from "./place.js";
import type { RunResult } from "./result.js";
import { runners } from "./runners/index.js";
import type { RunProgress } from "./runners/runner.js";
import { type RunSpec, runSpec } from "./spec.js";
import type { RunFiles } from "./store.js";

export interface RunContext {
  /** Where checkpoints, metrics and measurements go. */
  readonly run: RunFiles;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
  /** Told about checkpoints that could not be used. */
  readonly onRejected: (error: TrainError) => void;
}

/** Something that does one run at a time. */
export interface Runner {
  /** @throws DivergedError if the spec makes the loss infinite, the signal's reason when stopped */
  run(spec: RunSpec, context: RunContext): Promise<RunResult>;
  /** Measures a run that is done from its last checkpoint, and keeps what it finds with the run. */
  measure?(
    spec: RunSpec,
    requests: readonly MetricRequest[],
    context: MeasureContext & Pick<RunContext, "run">,
  ): Promise<void>;
  close(): Promise<void>;
}

export interface TrainRunnerOptions {
  readonly device: Device;
  readonly openData: (spec: DataSpec) => Promise<DataSource>;
  /** Least seconds between checkpoints. Default 30. */
  readonly checkpointSeconds?: number;
  /** "blocks": runs keep the inputs of blocks and compute the rest again, in less memory and to the same weights. Default "none". */
  readonly checkpointing?: TrainOptions["checkpointing"];
  /** Makes parts from outside known before a run that takes some. */
  readonly prepare?: Prepare;
}

/** Does runs in this thread, by the train functions that their specs name, on a device that stays the caller's. */
export const trainRunner = ({
  device,
  openData,
  checkpointSeconds = 30,
  checkpointing = "none",
  prepare,
}: TrainRunnerOptions): Runner => ({
  async run(given, { run, signal, onProgress, onRejected }) {
    await prepare?.(given.content.modules);
    const spec = runSpec(given);
    const data = await openData(spec.data);
    const found = checkContent(data, spec);
    const { runner = "train", ...task } = spec;
    const { validation, ...outcome } = await runners.build(runner)(task, {
      ...{ device, data, openData, checkpoints: run.checkpoints, checkpointSeconds, checkpointing, signal, onRejected },
      async onProgress({ step, metrics }) {
        await run.append(metrics);
        onProgress({ step, metrics });
      },
    });
    if (validation) {
      const { times, losses } = validation;
      await run.validated({ samples: samplesOf(spec, found.content), times, losses });
    }
    const { name, provenance } = data.describe();
    const { package: from, pixelsSha256 } = provenance;
    const seen = { name, package: from, pixelsSha256, content: found.content };
    return {
      ...{ ...placeOf(spec), convention: computeConvention.name },
      ...{ ...outcome, device: device.description, data: seen },
    };
  },
  async measure(spec, requests, context) {
    await prepare?.([...spec.content.modules, ...requests.flatMap(({ content }) => content.modules)]);
    await measureRun(spec, requests, { ...context, device, openData });
  },
  async close() {},
});
