import { cast, concat, type Device, jit, mul, slice, type Tensor, zeros } from "@isoflop/tensor";
import { samplesFrom } from "../by-sample.js";
import { answerAt, type NetworkReading } from "../course.js";
import type { DenoiserOf } from "../sample.js";
import type { Field } from "../walk-step.js";
import { type CheckedProbes, type ProbeInputs, withDivergence } from "./probes.js";

/** What a joined field is given beside its state. */
export interface SolveInputs<I> extends ProbeInputs {
  readonly inputs: I;
}

/** A field and its divergence by each probe, element by element, side by side along axis 1: [n, 1 + probes, ...]. */
export const joinedField =
  <I>(model: DenoiserOf<I>, reading: NetworkReading, probes: CheckedProbes): Field<SolveInputs<I>> =>
  (state, moment, { inputs, ...rest }) => {
    const [n, , ...shape] = state.shape as [number, number, ...number[]];
    const x = slice(state, [null, { start: 0, stop: 1 }]).reshape([n, ...shape]) as Tensor;
    const velocity = (y: Tensor): Tensor =>
      answerAt((at, t) => model(at, t, inputs), reading, moment, y, undefined).value;
    const { value, parts } = withDivergence(velocity, probes, x, moment.t, rest);
    const beside = (tensor: Tensor): Tensor => tensor.reshape([n, 1, ...shape]);
    return { value: concat([value, ...parts].map(beside), 1) as Tensor, range: undefined };
  };

/** x, times a scale, at the start of a joined state, and the numbers of its samples from the first: one program. */
export const beginning = (probes: number, device: Device | undefined) =>
  jit(
    (x: Tensor, scale: Tensor, first: Tensor) => {
      const [n = 1, ...shape] = x.shape;
      const start = concat([mul(x, scale).reshape([n, 1, ...shape]), zeros([n, probes, ...shape])], 1) as Tensor;
      return { start, samples: samplesFrom(cast(first, "u32"), n) };
    },
    device ? { device } : {},
  );

/** What one solve came to for each sample. */
export interface Solved {
  readonly prior: Float64Array;
  readonly divergence: Float64Array;
  /** Variance of the mean over the probes. */
  readonly variance: Float64Array;
}

/** How a joined state is to be read. */
export interface StateSizes {
  readonly dimensions: number;
  readonly probes: number;
  /** Of the prior. */
  readonly deviation: number;
  /** The logarithm of what volumes were multiplied by before the first time. */
  readonly volume: number;
}

/** Sums of a joined state, in float64. */
export const readState = (state: ArrayLike<number>, sizes: StateSizes, at: number, into: Solved): void => {
  const { dimensions, probes, deviation, volume } = sizes;
  const width = dimensions * (1 + probes);
  const sumOf = (from: number, of: (value: number) => number): number => {
    let total = 0;
    for (let i = from; i < from + dimensions; i++) total += of(state[i]!);
    return total;
  };
  const constant = (dimensions / 2) * Math.log(2 * Math.PI * deviation ** 2);
  for (let i = 0; i < state.length / width; i++) {
    const start = i * width;
    into.prior[at + i] = sumOf(start, (value) => value * value) / (2 * deviation ** 2) + constant;
    const estimates = Array.from(
      { length: probes },
      (_, k) => -volume - sumOf(start + (k + 1) * dimensions, (value) => value),
    );
    const mean = estimates.reduce((sum, value) => sum + value, 0) / probes;
    into.divergence[at + i] = mean;
    const squares = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    into.variance[at + i] = probes > 1 ? squares / (probes - 1) / probes : 0;
  }
};
