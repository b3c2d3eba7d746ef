import { positive } from "../errors.js";

/**
 * Natural logarithms of a column.
 * @throws ScalingError `bad-value` for a value that has none, with its 1-based position.
 */
export const logarithms = (name: string, values: readonly (number | undefined)[]): number[] =>
  values.map((value, i) => Math.log(positive(name, value, i + 1)));
