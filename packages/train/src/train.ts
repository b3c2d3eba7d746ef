import { allocateBatch, type DataSource } from "@isoflop/data";
import type { DitParams } from "@isoflop/dit";
import { canonicalJson, choice, differences, number, record, whole } from "@isoflop/spec";
import { concat, type Device, leavesOf, random, type Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { uploadCaptions } from "./captions.js";
import { type Checkpoint, type CheckpointStore, restoreState, saveState } from "./checkpoint.js";
import { averagingBlend } from "./ema.js";
import { check, DivergedError, must, TrainError } from "./errors.js";
import { yieldToHost } from "./host.js";
import { checkData, type ModelOptions, modelOf } from "./model.js";
import { buildObjective } from "./objective.js";
import type { OptimizerState } from "./optimizer.js";
import { buildOptimizer } from "./optimizers/spec.js";
import { packTree } from "./pack.js";
import { scheduleFactor } from "./schedule.js";
import { type TrainSpec, type TrainSpecInput, trainSpec } from "./spec.js";
import { type StepInputs, trainStep } from "./step.js";
import { checkSplit, type Validation, validate } from "./validate.js";

/** What one training step was like. */
export interface StepMetrics {
  /** Counted from 0. */
  readonly step: number;
  /** Mean loss of the batch, before the step's update. */
  readonly loss: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

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

export interface TrainResult {
  readonly steps: number;
  /** Trainable parameters. */
  readonly parameters: number;
  /** Seconds spent training, over all sessions, without validation. */
  readonly seconds: number;
  /** Loss of the averaged weights on held-out images. */
  readonly validation: Validation;
  /** The averaged weights on the device; the caller disposes them. */
  readonly weights: DitParams;
}

const anything = v.optional(v.unknown());

const trainOptions = record({
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

/** Seconds without letting timers and signals through, at most (but for the length of a step). */
const LONGEST_SILENCE = 0.05;

/** Seconds between reports of a model whose steps are slow, at most. */
const SLOWEST_REPORT = 1;

/**
 * Trains a diffusion transformer and measures its validation loss. The result depends on spec and data alone: a run that
 * was interrupted and resumed from its store equals an uninterrupted one bit for bit on the same kind of device.
 *
 * @throws TrainError `spec` for a wrong spec, `data` if data and model do not fit, `checkpoint` if the store holds another run
 * @throws DivergedError when a loss is NaN or infinite; the last checkpoint is from before
 * @throws the signal's reason when stopped
 */
export const train = async (input: TrainSpecInput, options: TrainOptions): Promise<TrainResult> => {
  const spec = trainSpec(input);
  const { readEvery, checkpointSeconds, checkpointing } = check(trainOptions, options, "options");
  const { device, data, store, signal, onProgress } = options;
  checkData(spec, data);
  checkSplit(data, spec.validation.split, spec.validation.images);
  const model = modelOf(spec, { checkpointing });
  const objective = buildObjective(spec.objective);
  const packing = packTree(model.init(random.key(0)));
  const fingerprint = canonicalJson(spec);
  signal?.throwIfAborted();

  const resumed = await resume(spec, options);
  let step = resumed?.step ?? 0;
  const optimizer = buildOptimizer(spec.optimizer);
  let state: OptimizerState<string> = resumed
    ? restoreState(resumed, packing, device, optimizer.moments)
    : await initialState(packing.pack(model.init(random.key(spec.seed))), optimizer.moments, device);
  const runStep = trainStep({ ...spec, device, model, packing, objective });
  const key = device.tensor(Uint32Array.of(Math.floor(spec.seed / 2 ** 32), spec.seed), [2], "u32");
  const blendOf = averagingBlend(spec.averaging);
  const batch = allocateBatch(data, spec.batch);
  const before = resumed?.seconds ?? 0;
  const started = performance.now();
  const seconds = (): number => before + (performance.now() - started) / 1000;

  const advance = (): Tensor => {
    data.batch("train", step * spec.batch, spec.batch, batch);
    const learningRate = learningRateAt(spec, step);
    const inputs: StepInputs = {
      images: device.tensor(batch.images, [spec.batch, ...data.shape]),
      captions: uploadCaptions(device, data, batch, spec.batch, model.reads),
      key,
      step: device.tensor(Uint32Array.of(step), [], "u32"),
      rates: device.tensor(optimizer.rates(step, learningRate)),
      blend: device.tensor(Float32Array.of(blendOf(step)), []),
    };
    try {
      const outputs = runStep(state, inputs);
      state = outputs.state;
      step++;
      return outputs.metrics;
    } finally {
      for (const tensor of leavesOf(inputs)) if (tensor !== key) tensor.dispose();
    }
  };

  const save = async (): Promise<void> => {
    if (!store) return;
    const at = { step, seconds: seconds(), spec: fingerprint };
    const arrays = await saveState(state, packing);
    checkFinite(arrays, step - 1, spec);
    await store.save({ ...at, arrays });
  };

  let pending: Tensor[] = [];
  const read = async (): Promise<void> => {
    const metrics = await readMetrics(pending, step, spec);
    pending = [];
    await onProgress?.({ step, steps: spec.steps, seconds: seconds(), metrics });
  };

  let [saved, reported, yielded] = [seconds(), seconds(), seconds()];
  try {
    while (step < spec.steps) {
      pending.push(advance());
      if (seconds() - yielded > LONGEST_SILENCE) {
        await yieldToHost();
        yielded = seconds();
      }
      const last = step === spec.steps;
      const due = pending.length >= readEvery || seconds() - reported > SLOWEST_REPORT;
      if (!(due || last || signal?.aborted)) continue;
      await read();
      reported = seconds();
      if (last || signal?.aborted || reported - saved >= checkpointSeconds) {
        await save();
        saved = seconds();
      }
      if (!last) signal?.throwIfAborted();
    }
    const trained = seconds();
    const weights = device.scope(() => packing.unpack(state.average));
    try {
      const fixed = { ...spec, device, model, objective, data, ...(signal && { signal }) };
      const validation = await validate(weights, fixed);
      return { steps: step, parameters: packing.size, seconds: trained, validation, weights };
    } catch (error) {
      for (const tensor of leavesOf(weights)) tensor.dispose();
      if (!(error instanceof TrainError && error.code === "diverged")) throw error;
      throw new DivergedError(step - 1, learningRateAt(spec, step - 1), error.message, step);
    }
  } finally {
    for (const tensor of [key, ...pending, ...Object.values(state)]) tensor.dispose();
    runStep.dispose();
  }
};

/** The peak rate times the schedule's factor at a step. */
const learningRateAt = ({ optimizer, steps }: TrainSpec, step: number): number =>
  optimizer.learningRate * scheduleFactor(optimizer, step, steps);

const initialState = async (
  packed: Tensor,
  moments: readonly string[],
  device: Device,
): Promise<OptimizerState<string>> => {
  const weights = (await packed.data(device)) as Float32Array;
  packed.dispose();
  const upload = (data: Float32Array): Tensor => device.tensor(data) as unknown as Tensor;
  const zeros = new Float32Array(weights.length);
  const still = Object.fromEntries(moments.map((name) => [name, upload(zeros)]));
  return { weights: upload(weights), ...still, average: upload(weights) };
};

/** @throws DivergedError if the update of a step left weights or moments that are not finite */
const checkFinite = (arrays: Checkpoint["arrays"], step: number, spec: TrainSpec): void => {
  for (const [name, { data }] of Object.entries(arrays))
    if (!data.every(Number.isFinite))
      throw new DivergedError(step, learningRateAt(spec, step), `${name} after step ${step} is not finite`, step + 1);
};

/** In what the spec of a checkpoint differs from this one. */
const otherRun = (saved: string, spec: TrainSpec): string => {
  try {
    const found = differences(JSON.parse(saved), JSON.parse(canonicalJson(spec)), "spec");
    return `Of what it was made from, ${found.slice(0, 8).join("; ")}${found.length > 8 ? "; and more" : ""}`;
  } catch {
    return `It was made from ${saved}`;
  }
};

/** @throws TrainError `checkpoint` if the newest readable checkpoint is of another spec, or of no step of this one */
const resume = async (spec: TrainSpec, { store, onRejected }: TrainOptions): Promise<Checkpoint | undefined> => {
  const { checkpoint, rejected = [] } = (await store?.latest()) ?? {};
  for (const error of rejected) onRejected?.(error);
  if (!checkpoint) return undefined;
  const { step, seconds } = checkpoint;
  if (checkpoint.spec !== canonicalJson(spec))
    throw new TrainError(
      "checkpoint",
      `the checkpoint of step ${step} is of another run; give this one a folder of its own. ${otherRun(checkpoint.spec, spec)}`,
    );
  const holds = (field: string, value: number, right: boolean, range: string): void =>
    must(right, "checkpoint", `the checkpoint's ${field} is ${value}; it must be ${range}`);
  const isStep = Number.isSafeInteger(step) && step >= 0 && step <= spec.steps;
  holds("step", step, isStep, `a whole number from 0 to ${spec.steps}, the steps of its run`);
  holds("seconds", seconds, Number.isFinite(seconds) && seconds >= 0, "a finite number of at least 0");
  return checkpoint;
};

/** Reads the metrics of the steps up to `end` in one go and frees them. @throws DivergedError at the first that is not finite */
const readMetrics = async (pending: readonly Tensor[], end: number, spec: TrainSpec): Promise<StepMetrics[]> => {
  const joined = concat(pending);
  const values = (await joined.data()) as Float32Array;
  for (const tensor of new Set([joined, ...pending])) tensor.dispose();
  return pending.map((_, i) => {
    const step = end - pending.length + i;
    const [loss, gradientNorm] = [values[2 * i]!, values[2 * i + 1]!];
    const learningRate = learningRateAt(spec, step);
    if (!Number.isFinite(loss)) throw new DivergedError(step, learningRate, `the loss of step ${step} is ${loss}`);
    if (!Number.isFinite(gradientNorm))
      throw new DivergedError(step, learningRate, `the gradient of step ${step} has norm ${gradientNorm}`);
    return { step, loss, gradientNorm, learningRate };
  });
};
