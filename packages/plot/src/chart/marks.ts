import type { Estimate, Interval } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.js";
import { cut, known } from "./interval.js";
import type { Theme } from "./theme.js";

/** A place in a chart. Everything that is drawn at one has it in `x` and `y`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
const xy = { x: "x", y: "y" } as const;

/** Dots of `n` things, so that hundreds of them still show where they crowd. */
const sizes = (n: number) => {
  if (n <= 60) return { r: 4, fillOpacity: 1, strokeWidth: 1.25 };
  if (n <= 200) return { r: 3.25, fillOpacity: 0.9, strokeWidth: 0.75 };
  return { r: 2.5, fillOpacity: 0.75, strokeWidth: 0.5 };
};

/** A line through some points; `name` is its class. @internal */
export const line = (points: readonly Point[], stroke: string, name: string, more: Plot.LineOptions = {}) =>
  Plot.line(points, { ...xy, stroke, strokeWidth: 1.25, className: name, ...more });

/** Dots with a halo. @internal */
export const dots = <T extends Point>(
  points: readonly T[],
  theme: Theme,
  fill: string | ((point: T) => string),
  name: string,
  more: Plot.DotOptions = {},
): Plot.Markish =>
  Plot.dot(points, { ...xy, ...sizes(points.length), fill, stroke: theme.surface, className: name, ...more });

/** Diamonds: what was fitted, or is asked about. @internal */
export const diamonds: typeof dots = (points, theme, fill, name, more) =>
  dots(points, theme, fill, name, { symbol: "diamond2", r: 5, fillOpacity: 1, strokeWidth: 1.25, ...more });

/** Hollow dots. @internal */
export const rings = (points: readonly Point[], stroke: string, name: string, more: Plot.DotOptions = {}) =>
  Plot.dot(points, { ...xy, r: 4.5, fill: "none", stroke, strokeWidth: 2, className: name, ...more });

interface Bar {
  readonly low: number;
  readonly high: number;
}

/** Upright bars. @internal */
export const barsUp = (
  rows: readonly (Bar & { readonly x: number })[],
  stroke: string,
  strokeWidth: number,
  more: Plot.RuleXOptions = {},
) => Plot.ruleX(rows, { x: "x", y1: "low", y2: "high", stroke, strokeWidth, ...more });

/** Level bars. @internal */
export const barsAcross = (
  rows: readonly (Bar & { readonly y: number })[],
  stroke: string,
  strokeWidth: number,
  more: Plot.RuleYOptions = {},
) => Plot.ruleY(rows, { y: "y", x1: "low", x2: "high", stroke, strokeWidth, ...more });

/** No deviation. @internal */
export const zeroLine = ({ ink }: Theme) => Plot.ruleY([0], { stroke: ink, strokeWidth: 1, className: "zero" });

/** An estimate on one axis. */
export type Place = Pick<Estimate, "value"> & { readonly ci95?: Interval };

export interface Axes {
  readonly x: Axis;
  readonly y: Axis;
}

/** A dotted line across or upright at an estimate that is in the frame, with its interval as a pale strip. @internal */
export const placeMarks = (
  { value, ci95 }: Place,
  along: "x" | "y",
  { x, y }: Axes,
  stroke: string,
  fillOpacity: number,
  className: string,
): Plot.Markish[] => {
  const [axis, rule] = along === "x" ? [x, Plot.ruleX] : [y, Plot.ruleY];
  const [[left, right], [low, high]] = [x.domain, y.domain];
  const frame = { x1: left, x2: right, y1: low, y2: high };
  const strips = cut(known(ci95), axis.domain).map((ends) => ({
    ...frame,
    ...{ [`${along}1`]: ends.low, [`${along}2`]: ends.high },
  }));
  return [
    ...strips.map((strip) =>
      Plot.rect([0], { ...strip, fill: stroke, fillOpacity, className: `${className}-interval` }),
    ),
    ...(isOn(axis, value) ? [rule([value], { stroke, strokeWidth: 1.25, strokeDasharray: "2 3", className })] : []),
  ];
};

export const isOn = ({ domain: [low, high] }: Axis, value: number): boolean => value >= low && value <= high;
