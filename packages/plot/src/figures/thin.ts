import type { Point } from "../chart/marks.js";

/**
 * Averages a curve within bins of equal width in ln x: geometric mean of the abscissa, mean of the value. Training
 * loss is noisy from batch to batch; the mean of a bin keeps its level, where picking every k-th step would not.
 * x is positive and increasing.
 */
export const thin = (curve: readonly Point[], bins = 90): readonly Point[] => {
  if (curve.length <= bins) return curve;
  const first = Math.log(curve[0]!.x);
  const width = (Math.log(curve.at(-1)!.x) - first) / bins;
  const means = new Map<number, { logs: number; values: number; n: number }>();
  for (const { x, y } of curve) {
    const bin = Math.min(bins - 1, Math.floor((Math.log(x) - first) / width));
    const { logs, values, n } = means.get(bin) ?? { logs: 0, values: 0, n: 0 };
    means.set(bin, { logs: logs + Math.log(x), values: values + y, n: n + 1 });
  }
  return [...means.values()].map(({ logs, values, n }) => ({ x: Math.exp(logs / n), y: values / n }));
};
