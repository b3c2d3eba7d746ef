/** Least and greatest of any number of values; ±Infinity of none. A call takes only so many arguments: values are never spread into one. */
export const extent = (values: readonly number[]): [low: number, high: number] => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
};
