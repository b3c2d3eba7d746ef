/** Laws are drawn a decade beyond their data. */
export const BEYOND = 10;

const POINTS = 61;

/** Numbers from `low` to `high`, even in the logarithm. */
export const spaced = (low: number, high: number, points = POINTS): number[] =>
  Array.from({ length: points }, (_, i) => low * (high / low) ** (i / (points - 1)));

export const smallest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

export const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
