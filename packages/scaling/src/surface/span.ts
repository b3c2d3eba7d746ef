import type { Run } from "../types.js";

/** exp of the mean logarithm. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** The largest of a field over runs. */
export const mostOf = (runs: readonly Run[], axis: "C" | "N" | "D"): number =>
  runs.reduce((largest, run) => Math.max(largest, run[axis]), 0);
