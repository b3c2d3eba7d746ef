import { extent, type Interval } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { cut, known } from "./interval.js";
import { logBetween, logRatio } from "./log.js";
import { line, type Point } from "./marks.js";

/** A point of a curve, with its pointwise 95 % band where that is known. */
export interface CurvePoint extends Point {
  readonly ci95?: Interval | undefined;
}

/** Cuts a curve at `reach`, with a point in between on the straight line of the log-log plane, which both parts hold. */
const splitAt = (curve: readonly CurvePoint[], reach: number): readonly [readonly Point[], readonly Point[]] => {
  const next = curve.findIndex(({ x }) => x > reach);
  if (next < 0) return [curve, []];
  if (next === 0) return [[], curve];
  const [a, b] = [curve[next - 1]!, curve[next]!];
  const middle = { x: reach, y: logBetween(a.y, b.y, logRatio(reach, a.x) / logRatio(b.x, a.x)) };
  return [
    [...curve.slice(0, next), middle],
    [middle, ...curve.slice(next)],
  ];
};

/** The points that have a band, each end held within `domain`: a band far wider than its law would hide the data. */
const bandWithin = (curve: readonly CurvePoint[], domain: Interval) =>
  curve.flatMap(({ x, ci95 }) => cut(known(ci95), domain).map((ends) => ({ x, ...ends })));

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

/** A curve, dashed where it extrapolates, over its pointwise band. One point alone has neither line nor area. @internal */
export const curveMarks = (curve: readonly CurvePoint[], style: CurveStyle, band = curve): Plot.Markish[] => {
  const { fittedTo, domain, stroke, fill, name, bandName } = style;
  const area = bandWithin(band, domain);
  const [fitted, beyond] = splitAt(curve, fittedTo);
  const edges = { x: "x", y1: "low", y2: "high" } as const;
  const dashed = { strokeWidth: 1.75, strokeDasharray: "5 4" };
  return [
    area.length > 1 && Plot.areaY(area, { ...edges, fill, fillOpacity: 0.18, className: bandName }),
    fitted.length > 1 && line(fitted, stroke, name, { strokeWidth: 1.75 }),
    beyond.length > 1 && line(beyond, stroke, "extrapolation", dashed),
  ].filter((mark) => mark !== false);
};
