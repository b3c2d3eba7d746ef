import * as Plot from "@observablehq/plot";
import { logBetween, logRatio } from "../range.js";
import { given } from "../study/check.js";
import type { LawPoint } from "./types.js";

/** Where a curve is fitted and where it is an extrapolation; both hold the point between. */
export interface Split {
  readonly within: readonly LawPoint[];
  readonly beyond: readonly LawPoint[];
}

/** Cuts a curve at `reach`, with a point in between on the straight line of the log-log plane. */
export const splitAt = (curve: readonly LawPoint[], reach: number): Split => {
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
export const bandWithin = (curve: readonly LawPoint[], [least, most]: readonly [number, number]): BandPoint[] =>
  curve.flatMap(({ x, low, high }) =>
    given(low) && given(high) && low <= most && high >= least
      ? [{ x, low: Math.max(low, least), high: Math.min(high, most) }]
      : [],
  );

/** The range of values that must be seen, and of a band as much again on either side, no more. */
export const rangeWithBand = (core: readonly number[], curve: readonly LawPoint[]): number[] => {
  const low = core.reduce((a, b) => Math.min(a, b));
  const high = core.reduce((a, b) => Math.max(a, b));
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
