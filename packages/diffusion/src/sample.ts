import { broadcastTo, type Device, type JitArguments, jit, type Tensor } from "@isoflop/tensor";
import { tensors } from "./arithmetic.js";
import { DiffusionError } from "./errors.js";
import { type Objective, rectifiedFlow } from "./objective.js";
import { besideBatch } from "./path.js";
import { checkConvertible, convertWith } from "./prediction.js";
import { euler, type Solver, type Step, uniformTimes, type VelocityField } from "./solver.js";

/** A network whose parameters and condition are data: a pytree of tensors handed to every call. */
export type DenoiserOf<I> = (x: Tensor, t: Tensor, inputs: I) => Tensor;

export interface SamplerOptions {
  /** Path and prediction of the network. Default `rectifiedFlow()`. */
  readonly objective?: Pick<Objective, "path" | "prediction">;
  /** Default `euler()`. */
  readonly solver?: Solver;
  /** Needed only where neither noise nor inputs have been computed yet. */
  readonly device?: Device;
}

/** Where a run of the sampler is. */
export interface SamplingState {
  /** Steps done, 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
  readonly t: number;
  /** The sample so far. It is disposed after the callback unless it is the result. */
  readonly x: Tensor;
}

export interface Sampling {
  /** Standard normal noise, [n, ...]: the start, and all the randomness there is. */
  readonly noise: Tensor;
  /** Equal steps from t = 1 to t = 0. Default 25. */
  readonly steps?: number;
  /** Falling times instead, from the first, at which `noise` is the state, to the last. */
  readonly times?: readonly number[];
  /** Awaited after each step. */
  readonly onStep?: (state: SamplingState) => void | Promise<void>;
  /** Looked at before each step; an abort throws its reason. */
  readonly signal?: AbortSignal;
}

export interface Sampler<I> {
  /**
   * Follows the probability-flow ODE from noise to data; the caller disposes the result.
   * @throws DiffusionError("option") for wrong times, ("singular") where the prediction does not give a velocity
   */
  run(inputs: I, sampling: Sampling): Promise<Tensor>;
  /** Frees the compiled steps. */
  dispose(): void;
}

const timesOf = ({ steps = 25, times }: Sampling): readonly number[] => {
  if (times === undefined) {
    if (!Number.isSafeInteger(steps) || steps < 1)
      throw new DiffusionError("option", `sample: steps is ${steps}; it must be a whole number of at least 1.`);
    return uniformTimes(steps);
  }
  const falling = times.every((t, i) => t >= 0 && t <= 1 && (i === 0 || t < times[i - 1]!));
  if (times.length < 2 || !falling)
    throw new DiffusionError("option", `sample: times are [${times.join(", ")}]; at least two, falling, in 1..0.`);
  return times;
};

/** A compiled sampler: one program per shape, for any parameters, condition and times. */
export const sampler = <I>(
  model: DenoiserOf<I>,
  { objective = rectifiedFlow(), solver = euler(), device }: SamplerOptions = {},
): Sampler<I> => {
  const { path, prediction } = objective;
  const compile = (step: Step) =>
    jit(
      (x: Tensor, from: Tensor, to: Tensor, inputs: I): Tensor => {
        const field: VelocityField = (y, time) => {
          const t = broadcastTo(time, [y.shape[0]!]);
          const c = path.at(besideBatch(t, y));
          return convertWith(tensors, c, prediction, "velocity", model(y, t, inputs), y);
        };
        return step(field, x, from, to);
      },
      device ? { device } : {},
    );
  const step = compile(solver.step);
  const lastStep = solver.lastStep ? compile(solver.lastStep) : step;
  return {
    async run(inputs, sampling) {
      const { noise, onStep, signal } = sampling;
      const times = timesOf(sampling);
      const steps = times.length - 1;
      const evaluated = solver.readsEnd && !solver.lastStep ? times : times.slice(0, -1);
      if (prediction !== "velocity") for (const t of evaluated) checkConvertible(path, prediction, t);
      let x = noise;
      try {
        for (let i = 0; i < steps; i++) {
          signal?.throwIfAborted();
          const advance = i === steps - 1 ? lastStep : step;
          const next = advance(x as JitArguments<Tensor>, times[i]!, times[i + 1]!, inputs as JitArguments<I>);
          if (x !== noise) x.dispose();
          x = next;
          await onStep?.({ step: i + 1, steps, t: times[i + 1]!, x });
        }
      } catch (error) {
        if (x !== noise) x.dispose();
        throw error;
      }
      return x;
    },
    dispose() {
      step.dispose();
      lastStep.dispose();
    },
  };
};

/**
 * Samples once with a network that holds its parameters; see {@link sampler} to sample again without compiling again.
 * @throws DiffusionError
 */
export const sample = async (
  model: (x: Tensor, t: Tensor) => Tensor,
  options: Sampling & SamplerOptions,
): Promise<Tensor> => {
  const compiled = sampler((x, t, _: null) => model(x, t), options);
  try {
    return await compiled.run(null, options);
  } finally {
    compiled.dispose();
  }
};
