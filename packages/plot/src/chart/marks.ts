import type { Estimate, Interval } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import type { Axis } from "./axis.js";
import { within } from "./curve.js";
import type { Theme } from "./theme.js";

/** Dots of `n` things, so that hundreds of them still show where they crowd. */
const sizes = (n: number) => {
  if (n <= 60) return { r: 4, fillOpacity: 1, strokeWidth: 1.25 };
  if (n <= 200) return { r: 3.25, fillOpacity: 0.9, strokeWidth: 0.75 };
  return { r: 2.5, fillOpacity: 0.75, strokeWidth: 0.5 };
};

/** Dots with a halo. */
export const dots = <T>(items: readonly T[], theme: Theme, options: Plot.DotOptions): Plot.Markish =>
  Plot.dot(items, { ...sizes(items.length), stroke: theme.surface, ...options });

/** Diamonds: what was fitted, or is asked about. */
export const diamonds = <T>(items: readonly T[], theme: Theme, options: Plot.DotOptions): Plot.Markish =>
  Plot.dot(items, { symbol: "diamond2", r: 5, stroke: theme.surface, strokeWidth: 1.25, ...options });

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
