/// <reference lib="esnext.disposable" preserve="true" />
import type { Device, random, Tensor } from "@isoflop/tensor";
import type { Batching, InputsFor } from "../batches.js";
import type { NetworkReading } from "../course.js";
import type { Solver } from "../solver.js";
import type { Nats } from "./bits.js";
import type { Dequantization } from "./dequantization.js";
import type { CheckedProbes, Probes } from "./probes.js";

export interface LikelihoodOptions {
  /** Path and prediction of the network; of its `inputs` only that a solve keeps to times at which they are finite. Default `rectifiedFlow()`. */
  readonly objective?: NetworkReading;
  /** Any that reads the velocity and draws no noise, those that choose their own steps too. Default `heun({ lastEuler: false })`. */
  readonly solver?: Solver;
  /** Steps from data to noise, of which an exact flow of unit variance makes even ones on every path. Default 64; a solver that chooses its own has one. */
  readonly steps?: number;
  /** Rising times instead, from the first, at which x is a sample, to the last, at which the prior is taken. */
  readonly times?: readonly number[];
  /** Default: signs, one probe a solve. */
  readonly probes?: Probes;
  /** Default `noDequantization()`: a density. */
  readonly dequantization?: Dequantization;
  /** Needed only where neither x nor inputs have been computed yet. */
  readonly device?: Device;
}

/** Where a solve is. */
export interface SolveProgress {
  /** Steps done, of how many; a solver that chooses its own has done them all. */
  readonly step: number;
  readonly steps: number;
  readonly t: number;
  /** How often the network has been asked in this part, a batch counted once. */
  readonly evaluations: number;
  /** Samples done before this part, and of all. */
  readonly samples: number;
  readonly of: number;
  /** Of the draws of the dequantization, counted from 0. */
  readonly draw: number;
}

export interface LikelihoodRun extends Batching {
  /** Data, f32 [n, ...]. */
  readonly x: Tensor;
  /** Of probes and dequantization. Needed unless the trace is exact and nothing is dequantized. */
  readonly key?: random.Key;
  /**
   * Draws of the dequantization, each with a solve of its own: the nats are then those of their mean weight, -log mean exp(-nats), a bound that tightens
   * with their number (importance weighting, arXiv 1509.00519). Estimated divergences loosen it, as errors of theirs count as weights. Default 1.
   */
  readonly draws?: number;
  /** Awaited after each step. */
  readonly onStep?: (progress: SolveProgress) => void | Promise<void>;
}

/** What fixes a likelihood, in words and numbers, to be told with it. */
export interface LikelihoodCard {
  readonly path: string;
  readonly solver: string;
  /** The first time and the last. */
  readonly times: readonly [first: number, last: number];
  /** Steps of the grid; those of a solver's own differ from run to run. */
  readonly steps: number;
  readonly probes: CheckedProbes;
  readonly dequantization: string;
  readonly draws: number;
  /** Standard deviation of the normal prior, the path's sigma at the last time. */
  readonly priorDeviation: number;
}

export interface Likelihood extends Nats {
  /** -log p of each sample, or with a dequantization the bound of its code length: natural logarithms, float64 [n]. */
  readonly nats: Float64Array;
  /** By how much the probes alone may be off, of each sample; 0 for the exact trace, absent for one probe. */
  readonly standardError?: Float64Array;
  /**
   * What the nats are the sum of, each [n]: -log of the prior where x ends, minus the divergence along the way (what it does to a volume), and log q of the dequantization. Of several
   * draws these are means, and their sum is at least the nats.
   */
  readonly parts: {
    readonly prior: Float64Array;
    readonly divergence: Float64Array;
    readonly dequantization: Float64Array;
  };
  /** How often the network was asked for a batch. */
  readonly evaluations: number;
  readonly card: LikelihoodCard;
}

export interface LikelihoodOf<I> extends Disposable {
  /**
   * @param inputs parameters and conditions, or a function that gives those of some samples (its tensors are the caller's)
   * @throws DiffusionError("option") for no key where one is needed, ("shape") for x or a network's output that does not fit, or more than 64 numbers
   * a sample for an exact trace, ("singular") for times at which the prediction gives no velocity, ("values") for x off its levels, and at the
   * end, naming the first step that gave NaN or infinity
   */
  run(inputs: InputsFor<I>, run: LikelihoodRun): Promise<Likelihood>;
  /** Frees the compiled steps. */
  dispose(): void;
}
