import { extent } from "@isoflop/scaling";

/**
 * What is added to values so that laws of what is positive can be fitted to them: nothing where all are above zero by their own errors; else so much that the
 * floor, which is sought between zero and the smallest, has a range of twice that of the values.
 * @param error standard error of a value
 */
export const offsetOf = (values: readonly number[], error = 0): number => {
  const [low, high] = extent(values);
  if (values.length === 0 || low > 3 * error) return 0;
  const least = 2 * (high - low || Math.abs(low) || 1) - low;
  const step = 10 ** Math.floor(Math.log10(least));
  return Number((Math.ceil(least / step) * step).toPrecision(1));
};
