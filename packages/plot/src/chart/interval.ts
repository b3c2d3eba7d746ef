import { extent, type Interval } from "@isoflop/scaling";

/** An interval that can be drawn on a log axis; undefined for one that is unknown, infinite or reaches zero. */
export const known = (interval: Interval | undefined): Interval | undefined =>
  interval && interval[0] > 0 && Number.isFinite(interval[1]) ? interval : undefined;

/** The part of an interval that lies within another, where there is one. */
export const cut = (interval: Interval | undefined, [least, most]: Interval) =>
  interval && interval[0] <= most && interval[1] >= least
    ? [{ low: Math.max(interval[0], least), high: Math.min(interval[1], most) }]
    : [];

/** The largest of some numbers; infinite where there is none, so that nothing lies beyond it. */
export const reach = (values: readonly number[]): number =>
  values.length > 0 ? extent(values)[1] : Number.POSITIVE_INFINITY;
