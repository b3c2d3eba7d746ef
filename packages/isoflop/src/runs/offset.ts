import { extent } from "@isoflop/scaling";
import { type MetricSpec, metrics } from "@isoflop/train";

/** Bits that a code of 256 levels from -1 to 1, each 1/128 wide, has more than the density has in bits: log2(128). */
const LEVEL_BITS = 7;

/** Bits of a density: where they are zero depends on the unit of the pixels, and they may be negative. */
const isDensity = ({ kind, dequantization, decoder }: MetricSpec & Readonly<Record<string, unknown>>): boolean =>
  (kind === "nll" && dequantization === "none") || (kind === "vlb" && decoder === "gaussian");

/** Whether more of a metric is better: what falls with compute is then what it leaves of one. */
export const isHigherBetter = (metric: MetricSpec): boolean => {
  try {
    return metrics.build(metric).better === "higher";
  } catch {
    // Of a part that is not loaded nothing is known.
    return false;
  }
};

/** The whole of which a share is taken. */
const WHOLE = 1;

/**
 * What is added to a metric so that laws of what is positive can be fitted to it. To the bits of a density as many as make it the code of its bytes; where
 * values are not above zero by their own errors, as those of an unbiased distance, so much that the floor, which is sought between zero and the smallest
 * value, has a range of twice that of the values. A share of which more is better is taken from one. To others nothing.
 * @param values of a metric of which more is better, their negatives
 */
export const offsetFor = (metric: MetricSpec | undefined, values: readonly number[], error = 0): number => {
  const [low, high] = extent(values);
  if (metric && isHigherBetter(metric) && low + WHOLE >= 0) return WHOLE;
  if (metric && isDensity(metric) && low + LEVEL_BITS > 0) return LEVEL_BITS;
  if (values.length === 0 || low > 3 * error) return 0;
  const least = 2 * (high - low || Math.abs(low) || 1) - low;
  const step = 10 ** Math.floor(Math.log10(least));
  return Number((Math.ceil(least / step) * step).toPrecision(1));
};
