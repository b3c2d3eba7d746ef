/// <reference lib="esnext.disposable" preserve="true" />
import { only, shown, whole } from "@isoflop/spec";
import { concat, type Device, type JitArguments, jit, mul, type Tensor } from "@isoflop/tensor";
import { type InputsFor, inParts } from "./batches.js";
import { check, checkNetwork, checkTensor, count } from "./checks.js";
import { type ClipBounds, checkClip, type NetworkReading } from "./course.js";
import { withDevice } from "./device.js";
import { bracketed, must } from "./errors.js";
import type { TimeGrid } from "./grid.js";
import { checkReading, rectifiedFlow } from "./objective.js";
import type { Path } from "./path.js";
import { uniformTimes } from "./shift.js";
import { checkSolver, type Solver } from "./solver.js";
import { euler } from "./solvers/euler.js";
import { checkSizes, fieldOf, type Walk, type Walked, type WalkState, walker } from "./walk.js";
import type { Draws } from "./walk-noise.js";

/** A network whose parameters and condition are data: a pytree of tensors handed to every call. */
export type DenoiserOf<I> = (x: Tensor, t: Tensor, inputs: I) => Tensor;

export interface SamplerOptions {
  /** Path and prediction of the network, whether it learns its variance, and the inputs that it is given already: a whole objective has all. Default `rectifiedFlow()`. */
  readonly objective?: NetworkReading;
  /** Default `euler()`. */
  readonly solver?: Solver;
  /** Keeps what the network takes for data within bounds at every step, such as [-1, 1] for pixels: DDPM's `clip_denoised`. */
  readonly clip?: ClipBounds;
  /** Needed only where neither noise nor inputs have been computed yet. */
  readonly device?: Device;
}

export type { InputsFor } from "./batches.js";
export type { WalkState as SamplingState } from "./walk.js";

export interface Sampling {
  /** Standard normal noise, f32 [n, ...]; it is scaled by the path's sigma at the first time. */
  readonly noise?: Tensor;
  /** In place of noise, the state itself at the first time, f32 [n, ...]: data where times rise. */
  readonly start?: Tensor;
  /** Equal steps from t = 1 to t = 0. Default 25; a solver that chooses its own has one. */
  readonly steps?: number;
  /** What places so many steps in place of equal ones, such as `karrasGrid()`. */
  readonly grid?: TimeGrid;
  /** Falling times instead, from the first to the last; or rising ones, from data to noise. */
  readonly times?: readonly number[];
  /** Of the noise that a stochastic solver adds: a key, which is folded with the number of each step, or what gives the draws of a step for all samples. */
  readonly key?: Draws;
  /** Number of the first sample among all that share the key: what a sample draws depends on its number alone. Default 0. */
  readonly first?: number;
  /** At most so many samples at once; the rest after them. The result is the same, the noise of a stochastic solver too. */
  readonly batch?: number;
  /** Awaited after each step. */
  readonly onStep?: (state: WalkState) => void | Promise<void>;
  /** Looked at before each step; an abort throws its reason. */
  readonly signal?: AbortSignal;
}

export interface Sampler<I> extends Disposable {
  /**
   * Follows the solver from noise to data; the caller disposes the result.
   * @param inputs parameters and conditions, or for a run in parts a function that gives those of some samples (its tensors are the caller's)
   * @throws DiffusionError("option") for wrong times or no device, ("shape") for noise or a network's output that does not fit,
   * ("singular") where the prediction does not give what the solver reads, ("values") at the end, naming the first step that gave NaN or infinity
   */
  run(inputs: InputsFor<I>, sampling: Sampling): Promise<Tensor>;
  /** Frees the compiled steps. */
  dispose(): void;
}

const samplerOptions = ["objective", "solver", "clip", "device"] as const;
const samplingOptions = [
  "noise",
  "start",
  "steps",
  "grid",
  "times",
  "key",
  "first",
  "batch",
  "onStep",
  "signal",
] as const;

/** Samples are counted in 32 bits. */
const sampleNumber = /* @__PURE__ */ whole({ atMost: 2 ** 32 - 1 });

/** @throws DiffusionError("option") unless times are numbers of 0..1 that all fall, or all rise */
export const checkTimes = (what: string, times: readonly number[]): readonly number[] => {
  const right = "at least two in 0..1, all falling (to data) or all rising (to noise)";
  must(typeof times?.every === "function", "option", `${what}: times are ${shown(times)}; an array of ${right}.`);
  const inside = times.length >= 2 && times.every((t) => t >= 0 && t <= 1);
  const steps = times.slice(1).map((t, i) => t - times[i]!);
  const monotone = steps.every((step) => step < 0) || steps.every((step) => step > 0);
  must(inside && monotone, "option", `${what}: times are [${times.join(", ")}]; ${right}.`);
  return times;
};

const timesOf = ({ steps, grid, times }: Sampling, { control }: Solver, path: Path): readonly number[] => {
  const one = times === undefined || (steps === undefined && grid === undefined);
  must(one, "option", "sample: times are given beside steps or a grid; it takes one of them.");
  if (times !== undefined) return checkTimes("sample", times);
  const many = check(count, steps ?? (control && !grid ? 1 : 25), "sample: steps");
  if (grid === undefined) return uniformTimes(many);
  const isGrid = typeof grid === "object" && grid !== null && typeof grid.times === "function";
  must(isGrid, "option", `sample: grid is ${shown(grid)}; it takes one such as karrasGrid().`);
  return checkTimes(`the ${grid.name} grid`, grid.times(path, many));
};

/** The state at the first time. */
const startOf = ({ noise, start }: Sampling, sigma: number): Tensor => {
  const both = noise !== undefined && start !== undefined;
  must(!both, "option", "sample: noise and start are given; it takes one of them.");
  const [name, given] = start === undefined ? (["noise", noise] as const) : (["start", start] as const);
  checkTensor(`${name} is`, given);
  must(given!.rank > 0, "shape", `${name} is ${bracketed(given!.shape)}; it takes [n, ...].`);
  return start === undefined && sigma !== 1 ? mul(given!, sigma) : given!;
};

/** A compiled sampler: one program per kind of step and shape, for any parameters, condition and times. */
export const sampler = <I>(model: DenoiserOf<I>, options: SamplerOptions = {}): Sampler<I> =>
  samplerFor("sampler", model, options);

/** @param caller who is told where no device is known */
const samplerFor = <I>(caller: string, model: DenoiserOf<I>, options: SamplerOptions): Sampler<I> => {
  checkNetwork(caller, model);
  check(only(samplerOptions), options, "sampler");
  const { objective: reading = rectifiedFlow(), solver = euler(), clip, device } = options;
  checkReading("sampler", reading);
  checkSolver(solver, shown(solver));
  checkClip("sampler", clip);
  const settings = { reading, solver, clip, device };
  const walking = walker(fieldOf(model, settings), settings);
  const joined = jit((parts: readonly Tensor[]): Tensor => concat(parts) as Tensor);

  const part = async (inputs: I, x: Tensor, sampling: Sampling, rest: Omit<Walk, "start">): Promise<Tensor> => {
    const { onStep, signal } = sampling;
    let walked: Walked | undefined;
    try {
      const walk = { start: x, onStep, signal, ...rest };
      walked = await withDevice(caller, device, [x, inputs], () => walking.walk(inputs, walk));
      await checkSizes(walked);
      return walked.x;
    } catch (error) {
      if (walked && walked.x !== x) walked.x.dispose();
      throw error;
    } finally {
      for (const size of walked?.sizes ?? []) size.dispose();
    }
  };

  const run = async (inputs: InputsFor<I>, sampling: Sampling): Promise<Tensor> => {
    check(only(samplingOptions), sampling, "sampler.run");
    const { key } = sampling;
    const from = check(sampleNumber, sampling.first ?? 0, "sample: first");
    const times = timesOf(sampling, solver, reading.path);
    const rises = times[1]! > times[0]!;
    must(!rises || sampling.start, "option", "sample: times rise, from data to noise; give the data as `start`.");
    const all = startOf(sampling, reading.path.at(times[0]!).sigma as number);
    const n = all.shape[0]!;
    const parts: Tensor[] = [];
    try {
      await inParts("sample", all, inputs, sampling, async ({ x, inputs: given, first, size }) => {
        const rows = size < n ? { rows: { start: first, stop: first + size } } : {};
        parts.push(await part(given, x, sampling, { times, draws: key, first: from, ...rows }));
      });
      if (parts.length === 1) return parts.pop()!;
      return joined(parts as JitArguments<readonly Tensor[]>);
    } finally {
      for (const each of parts) each.dispose();
      if (all !== sampling.noise && all !== sampling.start) all.dispose();
    }
  };

  const dispose = (): void => {
    walking.dispose();
    joined.dispose();
  };
  return { run, dispose, [Symbol.dispose]: dispose };
};

/**
 * Samples once with a network that holds its parameters; see {@link sampler} to sample again without compiling again.
 * @throws DiffusionError as {@link Sampler.run}
 */
export const sample = async (
  model: (x: Tensor, t: Tensor) => Tensor,
  options: Sampling & SamplerOptions,
): Promise<Tensor> => {
  checkNetwork("sample", model);
  check(only([...samplingOptions, ...samplerOptions]), options, "sample");
  const { objective, solver, clip, device, ...sampling } = options;
  using compiled = samplerFor("sample", (x, t, _: null) => model(x, t), {
    ...(objective && { objective }),
    ...(solver && { solver }),
    ...(clip && { clip }),
    ...(device && { device }),
  });
  return await compiled.run(null, sampling);
};
