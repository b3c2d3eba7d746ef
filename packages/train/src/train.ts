import { allocateBatch } from "@isoflop/data";
import type { DitParams } from "@isoflop/dit";
import { canonicalJson } from "@isoflop/spec";
import { leavesOf, random, type Tensor } from "@isoflop/tensor";
import { namedArrays } from "./arrays.js";
import { uploadCaptions } from "./captions.js";
import { saveState } from "./checkpoint.js";
import { averagingBlend } from "./ema.js";
import { check, DivergedError, must, TrainError } from "./errors.js";
import { yieldToHost } from "./host.js";
import { checkData, modelOf } from "./model.js";
import { buildObjective } from "./objective.js";
import { buildOptimizer } from "./optimizers/spec.js";
import { packTree } from "./pack.js";
import { checkFinite, resume, stateOf } from "./run-state.js";
import { snapshotSteps, trackedNames } from "./snapshot.js";
import { type TrainSpecInput, trainSpec } from "./spec.js";
import { type StepInputs, trainStep } from "./step.js";
import { learningRateAt, readMetrics } from "./step-metrics.js";
import { type TrainOptions, trainOptions } from "./train-options.js";
import { isOfLogVariance, withLogVariance, withoutLogVariance } from "./uncertainty.js";
import { checkSplit, type Validation, validate } from "./validate.js";

export type { StepMetrics } from "./step-metrics.js";
export type { Progress, TrainOptions } from "./train-options.js";

export interface TrainResult {
  readonly steps: number;
  /** Trainable parameters of the model. */
  readonly parameters: number;
  /** Seconds spent training, over all sessions, without validation. */
  readonly seconds: number;
  /** Loss of the averaged weights on held-out images. */
  readonly validation: Validation;
  /** The averaged weights on the device; the caller disposes them. */
  readonly weights: DitParams;
}

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
  const keeps = !spec.snapshots || store?.keep !== undefined;
  must(
    keeps,
    "spec",
    "options.store keeps no snapshots; spec.snapshots takes one that does, such as memoryCheckpoints()",
  );
  checkData(spec, data);
  checkSplit(data, spec.validation.split, spec.validation.images);
  const model = modelOf(spec, { checkpointing });
  const objective = buildObjective(spec.objective);
  const learner = withLogVariance(model, objective);
  const packing = packTree(learner.init(random.key(0)));
  const fingerprint = canonicalJson(spec);
  signal?.throwIfAborted();

  const resumed = await resume(spec, options);
  let step = resumed?.step ?? 0;
  let state = await stateOf(spec, resumed, { model: learner, packing, device });
  const optimizer = buildOptimizer(spec.optimizer);
  const runStep = trainStep({ ...spec, device, model: learner, packing, objective });
  const key = device.tensor(Uint32Array.of(Math.floor(spec.seed / 2 ** 32), spec.seed), [2], "u32");
  const blendOf = averagingBlend(spec.averaging);
  const widths = spec.snapshots?.widths ?? [];
  const tracked = trackedNames(spec.snapshots);
  const trackedBlends = widths.map((width) => averagingBlend({ kind: "power", width }));
  const kept = new Set(spec.snapshots && snapshotSteps(spec.snapshots, spec.steps));
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
      ...(widths.length > 0 && { tracked: device.tensor(Float32Array.from(trackedBlends, (of) => of(step))) }),
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

  /** Before the next checkpoint: a run that goes on from there has all snapshots of the steps before. */
  const keep = async (): Promise<void> => {
    for (const [i, width] of widths.entries()) {
      const arrays = await namedArrays(state[tracked[i]!]!, "average", packing.slots);
      checkFinite(arrays, step - 1, spec);
      await store!.keep!({ step, width, spec: fingerprint, arrays });
    }
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
      const snapshot = kept.has(step);
      const due = snapshot || pending.length >= readEvery || seconds() - reported > SLOWEST_REPORT;
      if (!(due || last || signal?.aborted)) continue;
      await read();
      reported = seconds();
      if (snapshot) await keep();
      if (last || signal?.aborted || reported - saved >= checkpointSeconds) {
        await save();
        saved = seconds();
      }
      if (!last) signal?.throwIfAborted();
    }
    const trained = seconds();
    const weights = device.scope(() => withoutLogVariance(packing.unpack(state.average)));
    try {
      const fixed = { ...spec, device, model, objective, data, ...(signal && { signal }) };
      const validation = await validate(weights, fixed);
      const own = packing.slots.filter(({ name }) => !isOfLogVariance(name));
      const parameters = own.reduce((sum, { size }) => sum + size, 0);
      return { steps: step, parameters, seconds: trained, validation, weights };
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
