import type { Arithmetic } from "./arithmetic.js";
import type { Prediction } from "./prediction.js";

/**
 * What a weight of 1 on the squared error of a prediction is as a weight of the error that is measured, at one time. Without an
 * argument: on the error in the objective's `errorIn`. A literal 1 costs nothing.
 */
export type UnitWeight<T> = (of?: Prediction) => T | number;

/**
 * A weight of the squared error at time t, put together from the weights of single predictions: it then means the same whatever
 * the network predicts, and is finite wherever its limit is. The signal-to-noise ratio is `unit("noise") / unit("data")`.
 */
export interface Weighting {
  readonly name: string;
  weight<T>(m: Arithmetic<T>, unit: UnitWeight<T>): T | number;
}

/** 1 / (1 / a + 1 / b): the smaller of two without a corner, 0 where one is and right where one is infinite. */
export const harmonic = <T>(m: Arithmetic<T>, a: T | number, b: T | number): T =>
  m.div(1, m.add(m.div(1, a), m.div(1, b)));
