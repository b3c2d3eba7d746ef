import { extent } from "@isoflop/scaling";
import type { MetricSpec } from "@isoflop/train";

/** Bits that a code of 256 levels from -1 to 1, each 1/128 wide, has more than the density has in bits: log2(128). */
const LEVEL_BITS = 7;

/** Bits of a density: where they are zero depends on the unit of the pixels, and they may be negative. */
const isDensity = ({ kind, dequantization, decoder }: MetricSpec & Readonly<Record<string, unknown>>): boolean =>
  (kind === "nll" && dequantization === "none") || (kind === "vlb" && decoder === "gaussian");

/**
 * What is added to a metric so that laws of what is positive can be fitted to it. To the bits of a density as many as make it the code of its bytes; where
 * values are not above zero by their own errors, as those of an unbiased distance, so much that the floor, which is sought between zero and the smallest
 * value, has a range of twice that of the values. To others nothing.
 */
export const offsetFor = (metric: MetricSpec | undefined, values: readonly number[], error = 0): number => {
  const [low, high] = extent(values);
  if (metric && isDensity(metric) && low + LEVEL_BITS > 0) return LEVEL_BITS;
  if (values.length === 0 || low > 3 * error) return 0;
  const least = 2 * (high - low || Math.abs(low) || 1) - low;
  const step = 10 ** Math.floor(Math.log10(least));
  return Number((Math.ceil(least / step) * step).toPrecision(1));
};
