import { only, shown } from "@isoflop/spec";
import {
  abs,
  type Device,
  type JitArguments,
  jit,
  leavesOf,
  mean,
  stack,
  type Tensor,
  TensorError,
} from "@isoflop/tensor";
import * as v from "valibot";
import { check, checkTensor, count } from "./checks.js";
import { bracketed, DiffusionError, must } from "./errors.js";
import { type Course, type CourseData, checkSolver, courseOf, fieldOf } from "./moment.js";
import { network, type Objective, rectifiedFlow } from "./objective.js";
import { uniformTimes } from "./shift.js";
import type { Solver, Step } from "./solver.js";
import { euler } from "./solvers/euler.js";

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
  /** Standard normal noise, f32 [n, ...]: the start, and all the randomness there is. */
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
   * @throws DiffusionError("option") for wrong times or no device, ("shape") for noise or a network's output that does not fit,
   * ("singular") where the prediction does not give a velocity, ("values") at the end, naming the first step that gave NaN or infinity
   */
  run(inputs: I, sampling: Sampling): Promise<Tensor>;
  /** Frees the compiled steps. */
  dispose(): void;
}

const samplerOptions = ["objective", "solver", "device"] as const;
const samplingOptions = ["noise", "steps", "times", "onStep", "signal"] as const;

const timesOf = ({ steps = 25, times }: Sampling): readonly number[] => {
  if (times === undefined) return uniformTimes(check(count, steps, "sample: steps"));
  const right = "at least two, falling, in 1..0";
  must(typeof times?.every === "function", "option", `sample: times are ${shown(times)}; an array of ${right}.`);
  const fall = times.length >= 2 && times.every((t, i) => t >= 0 && t <= 1 && (i === 0 || t < times[i - 1]!));
  must(fall, "option", `sample: times are [${times.join(", ")}]; ${right}.`);
  return times;
};

/** Where a run has got to, and how large x was after each step: NaN and infinities show in it. */
interface Advanced {
  readonly x: Tensor;
  readonly size: Tensor;
}

/** A compiled sampler: one program per shape, for any parameters, condition and times. */
export const sampler = <I>(model: DenoiserOf<I>, options: SamplerOptions = {}): Sampler<I> => {
  check(only(samplerOptions), options, "sampler");
  const { objective = rectifiedFlow(), solver = euler(), device } = options;
  check(v.object(network, "an objective"), objective, "sampler");
  checkSolver(solver);
  const compile = ({ shares, advance }: Step) =>
    jit(
      (x: Tensor, { h, moments }: Course<Tensor>, inputs: I): Advanced => {
        const field = fieldOf((y, t) => model(y, t, inputs), solver.name, shares, moments);
        const next = advance(field, x, h);
        return { x: next, size: mean(abs(next)) as Tensor };
      },
      device ? { device } : {},
    );
  const step = compile(solver.step);
  const lastStep = solver.lastStep ? compile(solver.lastStep) : step;

  const walk = async (inputs: I, sampling: Sampling, times: readonly number[], sizes: Tensor[]): Promise<Tensor> => {
    const { noise, onStep, signal } = sampling;
    const steps = times.length - 1;
    const courses = Array.from({ length: steps }, (_, i) => {
      const taken = i === steps - 1 ? (solver.lastStep ?? solver.step) : solver.step;
      return courseOf(objective, taken, times[i]!, times[i + 1]!);
    });
    let x = noise;
    try {
      for (const [i, course] of courses.entries()) {
        signal?.throwIfAborted();
        const advance = i === steps - 1 ? lastStep : step;
        const next = advance(x as JitArguments<Tensor>, course as CourseData, inputs as JitArguments<I>);
        sizes.push(next.size);
        if (x !== noise) x.dispose();
        x = next.x;
        await onStep?.({ step: i + 1, steps, t: times[i + 1]!, x });
      }
      await checkSizes(sizes, times);
    } catch (error) {
      if (x !== noise) x.dispose();
      throw error;
    }
    return x;
  };

  return {
    async run(inputs, sampling) {
      check(only(samplingOptions), sampling, "sampler.run");
      const { noise } = sampling;
      checkTensor("noise is", noise);
      must(noise.rank > 0, "shape", `noise is ${bracketed(noise.shape)}; it takes [n, ...].`);
      const sizes: Tensor[] = [];
      try {
        return await walk(inputs, sampling, timesOf(sampling), sizes);
      } catch (error) {
        const computed = device !== undefined || leavesOf([noise, inputs]).some(({ storage }) => storage);
        if (error instanceof TensorError && error.code === "device" && !computed)
          throw new DiffusionError(
            "option",
            "sample: name a device (its option `device`); noise and inputs have none.",
          );
        throw error;
      } finally {
        for (const size of sizes) size.dispose();
      }
    },
    dispose() {
      step.dispose();
      lastStep.dispose();
    },
  };
};

/** @throws DiffusionError("values") naming the first step after which x was not finite */
const checkSizes = async (sizes: readonly Tensor[], times: readonly number[]): Promise<void> => {
  const joined = stack(sizes);
  const at = (await joined.data()).findIndex((size) => !Number.isFinite(size));
  joined.dispose();
  if (at === -1) return;
  throw new DiffusionError(
    "values",
    `sample: x is not finite after step ${at + 1} of ${sizes.length}, from t = ${times[at]} to ${times[at + 1]}; the model gives NaN or infinity there, or its noise, inputs or guidance scale hold some.`,
  );
};

/**
 * Samples once with a network that holds its parameters; see {@link sampler} to sample again without compiling again.
 * @throws DiffusionError as {@link Sampler.run}
 */
export const sample = async (
  model: (x: Tensor, t: Tensor) => Tensor,
  options: Sampling & SamplerOptions,
): Promise<Tensor> => {
  check(only([...samplingOptions, ...samplerOptions]), options, "sample");
  const { objective, solver, device, ...sampling } = options;
  const compiled = sampler((x, t, _: null) => model(x, t), {
    ...(objective && { objective }),
    ...(solver && { solver }),
    ...(device && { device }),
  });
  try {
    return await compiled.run(null, sampling);
  } finally {
    compiled.dispose();
  }
};
