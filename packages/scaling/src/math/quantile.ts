/**
 * Quantile by linear interpolation of the order statistics (type 7 of Hyndman & Fan, the default of numpy and R).
 * simple-statistics' `quantile` does not interpolate, which would round percentile intervals to sample points.
 * @param sorted ascending values
 */
export const quantileSorted = (sorted: readonly number[], p: number): number => {
  if (sorted.length === 0) return Number.NaN;
  const h = (sorted.length - 1) * Math.min(1, Math.max(0, p));
  const i = Math.floor(h);
  const low = sorted[i]!;
  const high = sorted[Math.min(i + 1, sorted.length - 1)]!;
  return low + (h - i) * (high - low);
};

export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
