import type { Estimate, Interval } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.js";
import { within } from "./interval.js";
import type { Theme } from "./theme.js";

/** Dots of `n` things, so that hundreds of them still show where they crowd. */
const sizes = (n: number) => {
  if (n <= 60) return { r: 4, fillOpacity: 1, strokeWidth: 1.25 };
  if (n <= 200) return { r: 3.25, fillOpacity: 0.9, strokeWidth: 0.75 };
  return { r: 2.5, fillOpacity: 0.75, strokeWidth: 0.5 };
};

/** Names of the fields that hold the coordinates of what is drawn, or how to tell them. */
interface At {
  readonly x: Plot.ChannelValue;
  readonly y: Plot.ChannelValue;
}
export const xy = { x: "x", y: "y" } as const;

/** A line through some things; `name` is its class. */
export const line = (items: Plot.Data, at: At, stroke: string, name: string, more: Plot.LineOptions = {}) =>
  Plot.line(items, { ...at, stroke, strokeWidth: 1.25, className: name, ...more });

/** Dots with a halo. */
export const dots = <T>(
  items: readonly T[],
  theme: Theme,
  at: At,
  fill: string | ((item: T) => string),
  name: string,
  more: Plot.DotOptions = {},
): Plot.Markish =>
  Plot.dot(items, { ...at, ...sizes(items.length), fill, stroke: theme.surface, className: name, ...more });

/** Diamonds: what was fitted, or is asked about. */
export const diamonds: typeof dots = (items, theme, at, fill, name, more) =>
  dots(items, theme, at, fill, name, { symbol: "diamond2", r: 5, fillOpacity: 1, strokeWidth: 1.25, ...more });

/** Hollow dots. */
export const rings = (items: Plot.Data, at: At, stroke: string, name: string, more: Plot.DotOptions = {}) =>
  Plot.dot(items, { ...at, r: 4.5, fill: "none", stroke, strokeWidth: 2, className: name, ...more });

/** No deviation. */
export const zeroLine = ({ ink }: Theme): Plot.Markish =>
  Plot.ruleY([0], { stroke: ink, strokeWidth: 1, className: "zero" });

/** An estimate on one axis. */
export type Place = Pick<Estimate, "value"> & { readonly ci95?: Interval | undefined };

/** A dotted line across or upright at an estimate that is in the frame, with its interval as a pale strip. */
export const placeMarks = (
  { value, ci95 }: Place,
  along: "x" | "y",
  axes: { readonly x: Axis; readonly y: Axis },
  style: { readonly stroke: string; readonly fillOpacity: number; readonly className: string },
): Plot.Markish[] => {
  const { stroke, fillOpacity, className } = style;
  const [axis, other] = along === "x" ? [axes.x, axes.y] : [axes.y, axes.x];
  const ends = ci95 && within(ci95, axis.domain);
  const strip = ends && {
    [`${along}1`]: ends[0],
    [`${along}2`]: ends[1],
    [along === "x" ? "y1" : "x1"]: other.domain[0],
    [along === "x" ? "y2" : "x2"]: other.domain[1],
  };
  const line = { stroke, strokeWidth: 1.25, strokeDasharray: "2 3", className };
  const rule = along === "x" ? Plot.ruleX : Plot.ruleY;
  return [
    ...(strip ? [Plot.rect([0], { ...strip, fill: stroke, fillOpacity, className: `${className}-interval` })] : []),
    ...(isOn(axis, value) ? [rule([value], line)] : []),
  ];
};

export const isOn = ({ domain: [low, high] }: Axis, value: number): boolean => value >= low && value <= high;
