/** A curve with few enough points to draw. */
export interface Trace {
  readonly at: readonly number[];
  readonly value: readonly number[];
}

/**
 * Averages a curve within bins of equal width in ln(at): geometric mean of the abscissa, mean of the value. Training
 * loss is noisy from batch to batch; the mean of a bin keeps its level, where picking every k-th step would not.
 * `at` is positive and increasing.
 */
export const thin = (at: readonly number[], value: readonly number[], bins = 90): Trace => {
  if (at.length <= bins) return { at, value };
  const first = Math.log(at[0]!);
  const width = (Math.log(at.at(-1)!) - first) / bins;
  const means = new Map<number, { logs: number; values: number; n: number }>();
  at.forEach((place, i) => {
    const bin = Math.min(bins - 1, Math.floor((Math.log(place) - first) / width));
    const mean = means.get(bin) ?? { logs: 0, values: 0, n: 0 };
    means.set(bin, { logs: mean.logs + Math.log(place), values: mean.values + value[i]!, n: mean.n + 1 });
  });
  const rows = [...means.values()];
  return { at: rows.map((row) => Math.exp(row.logs / row.n)), value: rows.map((row) => row.values / row.n) };
};
