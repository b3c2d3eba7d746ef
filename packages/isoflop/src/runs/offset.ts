import { extent } from "@isoflop/scaling";

/**
 * What is added to values so that laws of what is positive can be fitted to them: nothing where all are above zero by their own errors; else so much that the
 * floor, which is sought between zero and the smallest, has a range of twice that of the values.
 * @param errors standard error of each value; one that has none is taken as exact
 */
export const offsetOf = (values: readonly number[], errors: readonly (number | undefined)[] = []): number => {
  const [low, high] = extent(values);
  if (values.every((value, i) => value > 3 * (errors[i] ?? 0))) return 0;
  const least = 2 * (high - low || Math.abs(low) || 1) - low;
  const step = 10 ** Math.floor(Math.log10(least));
  return Number((Math.ceil(least / step) * step).toPrecision(1));
};
