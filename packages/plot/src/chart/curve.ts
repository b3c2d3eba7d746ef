import { extent, type Interval } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { logBetween, logRatio } from "./log.js";

/** A point of a curve, with its pointwise 95 % band where that is known. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** An interval that can be drawn on a log axis; undefined for one that is unknown, infinite or reaches zero. */
export const known = (interval: Interval | undefined): Interval | undefined =>
  interval && interval[0] > 0 && Number.isFinite(interval[1]) ? interval : undefined;

/** A point of a curve; without the band where that cannot be drawn. */
export const banded = (x: number, y: number, band: Interval | undefined): CurvePoint => {
  const ends = known(band);
  return { x, y, ...(ends && { low: ends[0], high: ends[1] }) };
};

/** The part of an interval that lies within another; undefined where nothing does. */
export const within = ([low, high]: Interval, [least, most]: Interval): Interval | undefined =>
  low <= most && high >= least ? [Math.max(low, least), Math.min(high, most)] : undefined;

/** Where a curve is fitted and where it is an extrapolation; both hold the point between. */
export interface Split {
  readonly within: readonly CurvePoint[];
  readonly beyond: readonly CurvePoint[];
}

/** Cuts a curve at `reach`, with a point in between on the straight line of the log-log plane. */
export const splitAt = (curve: readonly CurvePoint[], reach: number): Split => {
  const next = curve.findIndex(({ x }) => x > reach);
  if (next < 0) return { within: curve, beyond: [] };
  if (next === 0) return { within: [], beyond: curve };
  const [a, b] = [curve[next - 1]!, curve[next]!];
  const share = logRatio(reach, a.x) / logRatio(b.x, a.x);
  const cut = { x: reach, y: logBetween(a.y, b.y, share) };
  return { within: [...curve.slice(0, next), cut], beyond: [cut, ...curve.slice(next)] };
};

interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** The points that have a band, each end held within `domain`: a band far wider than its law would hide the data. */
export const bandWithin = (curve: readonly CurvePoint[], domain: Interval): BandPoint[] =>
  curve.flatMap(({ x, low, high }) => {
    const ends = low === undefined || high === undefined ? undefined : within([low, high], domain);
    return ends ? [{ x, low: ends[0], high: ends[1] }] : [];
  });

/** The range of values that must be seen, and of a band as much again on either side, no more. */
export const rangeWithBand = (core: readonly number[], curve: readonly CurvePoint[]): number[] => {
  const [low, high] = extent(core);
  const room = Math.max(high / low, 1.02);
  return [...core, ...bandWithin(curve, [low / room, high * room]).flatMap((point) => [point.low, point.high])];
};

/** A pointwise band; one point alone has no area. */
export const bandMarks = (band: readonly BandPoint[], fill: string, className = "band"): Plot.Markish[] =>
  band.length > 1 ? [Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill, fillOpacity: 0.18, className })] : [];

/** A curve, dashed where it extrapolates. */
export const curveMarks = ({ within, beyond }: Split, stroke: string, className = "law"): Plot.Markish[] => {
  const line = { x: "x", y: "y", stroke, strokeWidth: 1.75 } as const;
  return [
    ...(within.length > 1 ? [Plot.line(within, { ...line, className })] : []),
    ...(beyond.length > 1 ? [Plot.line(beyond, { ...line, strokeDasharray: "5 4", className: "extrapolation" })] : []),
  ];
};

/** The largest of some numbers; infinite where there is none, so that nothing lies beyond it. */
export const reach = (values: readonly number[]): number =>
  values.length > 0 ? extent(values)[1] : Number.POSITIVE_INFINITY;
