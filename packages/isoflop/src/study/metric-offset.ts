import { extent } from "@isoflop/scaling";
import { type MetricSpec, metrics } from "@isoflop/train";
import { offsetOf } from "../runs/offset.js";

/** Bits that a code of 256 levels from -1 to 1, each 1/128 wide, has more than the density has in bits: log2(128). */
const LEVEL_BITS = 7;

/** The whole of which a share is taken. */
const WHOLE = 1;

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

/**
 * What is added to a metric so that laws of what is positive can be fitted to it. To the bits of a density as many as make it the code of its bytes; a share of
 * which more is better is taken from one; of others as their values ask for.
 * @param values of a metric of which more is better, their negatives
 * @param errors standard error of each value, where it has one
 */
export const metricOffset = (
  metric: MetricSpec | undefined,
  values: readonly number[],
  errors: readonly (number | undefined)[] = [],
): number => {
  const [low] = extent(values);
  if (metric && isHigherBetter(metric) && low + WHOLE >= 0) return WHOLE;
  if (metric && isDensity(metric) && low + LEVEL_BITS > 0) return LEVEL_BITS;
  return offsetOf(values, errors);
};
