import { evaluateReference } from "../../engine/reference.js";
import type { Aval } from "../../graph/aval.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Choices } from "./random.js";

/** Relative size of the noise: a few roundings of an f32. */
const ROUNDINGS = 4 * 2 ** -24;

/** A value an f32 cannot tell from this one. */
const blur = (value: number, choices: Choices): number => value * (1 + ROUNDINGS * (2 * choices.uniform() - 1));

/**
 * Disturbs every f32 value by a few roundings as it is made: how far the results then stray is how far an f32 backend may (Parker, "Monte Carlo
 * arithmetic", 1997), whatever the program's condition.
 */
const disturbance =
  (choices: Choices) =>
  (data: Float64Array, { dtype }: Aval): Float64Array =>
    dtype === "f32" ? data.map((value) => blur(value, choices)) : data;

/** What a result should be, and how far from it an f32 backend may be, element by element (infinite where nothing can be said). */
export interface Expected {
  readonly values: Float64Array;
  readonly tolerance: Float64Array;
}

/** Allowed distance in units of the largest one seen. */
const MARGIN = 16;

/** Allowed distance in units of the largest finite value of a result, and of each value. */
const OF_PEAK = 2e-6;

/** Beyond this an f32 overflows, and far below it is flushed to zero. */
const LARGEST = 1e37;
const SMALLEST = 1e-36;

/** The results of a graph in float64 with their tolerances, from `samples` disturbed evaluations. */
export const expectedOf = (
  outputs: readonly Tensor[],
  leaves: ReadonlyMap<string, Float64Array>,
  choices: Choices,
  samples: number,
): Expected[] => {
  const exact = evaluateReference(outputs, leaves);
  const spread = exact.map((values) => new Float64Array(values.length));
  for (let sample = 0; sample < samples; sample++) {
    const disturbedLeaves = new Map(
      [...leaves].map(([key, data]) => [key, sample % 2 === 0 ? data : data.map((value) => blur(value, choices))]),
    );
    // Integers must stay what they are; a disturbed whole number would be none.
    for (const [key, data] of leaves) if (data.every(Number.isInteger)) disturbedLeaves.set(key, data);
    evaluateReference(outputs, disturbedLeaves, disturbance(choices)).forEach((values, i) => {
      for (let j = 0; j < values.length; j++) {
        const distance = Math.abs(values[j]! - exact[i]![j]!);
        spread[i]![j] = Math.max(spread[i]![j]!, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
      }
    });
  }
  return outputs.map(({ dtype }, i) => ({ values: exact[i]!, tolerance: tolerances(exact[i]!, spread[i]!, dtype) }));
};

const tolerances = (values: Float64Array, spread: Float64Array, dtype: string): Float64Array => {
  if (dtype !== "f32") return spread.map((distance) => (distance === 0 ? 0 : Number.POSITIVE_INFINITY));
  const peak = values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
  return spread.map((distance, i) => {
    const size = Math.abs(values[i]!);
    if (!(size < LARGEST)) return Number.POSITIVE_INFINITY;
    return MARGIN * distance + OF_PEAK * peak + SMALLEST;
  });
};
