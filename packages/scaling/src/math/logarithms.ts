import { ScalingError } from "../errors.js";

/**
 * Natural logarithms of a column.
 * @throws ScalingError `bad-value` for a value that has none, with its 1-based position.
 */
export const logarithms = (name: string, values: readonly number[]): number[] =>
  values.map((value, i) => logarithm(name, value, i));

/** One of them; `index` counts from zero. */
export const logarithm = (name: string, value: number | undefined, index: number): number => {
  if (value !== undefined && value > 0 && Number.isFinite(value)) return Math.log(value);
  throw new ScalingError("bad-value", `${name} is ${value}; expected a positive finite number`, {
    row: index + 1,
    field: name,
    value,
  });
};
