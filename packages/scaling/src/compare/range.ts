import type { Flops } from "../types.js";

/** From … to, in FLOPs. */
export type ComputeRange = readonly [Flops, Flops];

/** How far beyond its runs a curve is believed when a crossing is looked for: a decade. */
export const BEYOND = 10;

/** What two ranges share: undefined where that is nothing, or one of them is not known. */
export const overlap = (a: ComputeRange | undefined, b: ComputeRange | undefined): ComputeRange | undefined => {
  if (!a || !b) return undefined;
  const [low, high] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  return low < high ? [low, high] : undefined;
};

const widened = (range: ComputeRange | undefined): ComputeRange | undefined =>
  range && [range[0] / BEYOND, range[1] * BEYOND];

/**
 * Where a crossing may be seen: within a decade of the runs of both sides. A crossing takes two curves, and beyond its own runs either bends
 * as its form and not as its model does; so what one of them was never near is left out, though the other was there.
 */
export const windowOf = (a: ComputeRange | undefined, b: ComputeRange | undefined): ComputeRange | undefined =>
  overlap(widened(a), widened(b));
