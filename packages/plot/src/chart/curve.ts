import { extent, type Interval } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { known, within } from "./interval.js";
import { logBetween, logRatio } from "./log.js";
import { line, xy } from "./marks.js";

/** A point of a curve, with its pointwise 95 % band where that is known. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A point of a curve; without the band where that cannot be drawn. */
export const banded = (x: number, y: number, band: Interval | undefined): CurvePoint => {
  const ends = known(band);
  return { x, y, ...(ends && { low: ends[0], high: ends[1] }) };
};

/** Cuts a curve at `reach`, with a point in between on the straight line of the log-log plane, which both parts hold. */
const splitAt = (curve: readonly CurvePoint[], reach: number): readonly (readonly CurvePoint[])[] => {
  const next = curve.findIndex(({ x }) => x > reach);
  if (next < 0) return [curve, []];
  if (next === 0) return [[], curve];
  const [a, b] = [curve[next - 1]!, curve[next]!];
  const share = logRatio(reach, a.x) / logRatio(b.x, a.x);
  const cut = { x: reach, y: logBetween(a.y, b.y, share) };
  return [
    [...curve.slice(0, next), cut],
    [cut, ...curve.slice(next)],
  ];
};

interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** The points that have a band, each end held within `domain`: a band far wider than its law would hide the data. */
const bandWithin = (curve: readonly CurvePoint[], domain: Interval): BandPoint[] =>
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

export interface CurveStyle {
  /** x beyond which the curve is an extrapolation. */
  readonly fittedTo: number;
  /** Of the y axis, within which the band is held. */
  readonly domain: Interval;
  readonly stroke: string;
  /** Of the band. */
  readonly fill: string;
  readonly name: string;
  readonly bandName: string;
}

/** A curve, dashed where it extrapolates, over its pointwise band. One point alone has neither line nor area. */
export const curveMarks = (curve: readonly CurvePoint[], style: CurveStyle, band = curve): Plot.Markish[] => {
  const { fittedTo, domain, stroke, fill, name, bandName } = style;
  const area = bandWithin(band, domain);
  const [fitted = [], beyond = []] = splitAt(curve, fittedTo);
  const dashed = { strokeDasharray: "5 4" };
  return [
    ...(area.length > 1
      ? [Plot.areaY(area, { x: "x", y1: "low", y2: "high", fill, fillOpacity: 0.18, className: bandName })]
      : []),
    ...(fitted.length > 1 ? [line(fitted, xy, stroke, name, { strokeWidth: 1.75 })] : []),
    ...(beyond.length > 1 ? [line(beyond, xy, stroke, "extrapolation", { strokeWidth: 1.75, ...dashed })] : []),
  ];
};
