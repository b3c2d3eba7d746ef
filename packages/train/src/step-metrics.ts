import { concat, type Tensor } from "@isoflop/tensor";
import { DivergedError } from "./errors.js";
import { scheduleFactors } from "./schedule.js";
import type { TrainSpec } from "./spec.js";

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

/** Read once a run: a step asks twice. */
const factors = new WeakMap<TrainSpec, (step: number) => number>();

/** The peak rate times the schedule's factor at a step. */
export const learningRateAt = (spec: TrainSpec, step: number): number => {
  let factor = factors.get(spec);
  if (!factor) {
    factor = scheduleFactors(spec.optimizer, spec.steps);
    factors.set(spec, factor);
  }
  return spec.optimizer.learningRate * factor(step);
};

/** Reads the metrics of the steps up to `end` in one go and frees them. @throws DivergedError at the first that is not finite */
export const readMetrics = async (pending: readonly Tensor[], end: number, spec: TrainSpec): Promise<StepMetrics[]> => {
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
