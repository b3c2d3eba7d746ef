import * as Plot from "@observablehq/plot";
import type { Axis } from "../figures/axis.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "../figures/chart.js";
import { compose, panelWidth } from "../figures/compose.js";
import { tick } from "../figures/law.js";
import { given } from "../study/check.js";
import type { Theme } from "../theme.js";
import { bandMarks, bandWithin, curveMarks, rangeWithBand, splitAt } from "./band.js";
import { dotStyle } from "./dots.js";
import { logAxis, valueText } from "./quantity.js";
import { sideOf } from "./side.js";
import type { AskedPoint, FittedLaw, Place } from "./types.js";

/** A floor further below the law than this factor would squeeze the data into a corner. */
const deepestFloor = 10;

/** Pixels between a label and its point. */
const clearance = 12;

/** More dots than this would hide the line behind them. */
const crowd = 60;

/**
 * One law on log axes: the points it was fitted to, its band where one is given, dashed where it extrapolates; the floor as a
 * line, breaks as verticals, predictions with where the law is and where a new measurement falls.
 */
export const fittedLawDrawing = (law: FittedLaw, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const { points, curve, asked = [], breaks = [] } = law;
  const reach = law.fittedTo ?? largest(points);
  const lowest = curve.reduce((low, { y }) => Math.min(low, y), Number.POSITIVE_INFINITY);
  const floor = given(law.floor) && law.floor.at > lowest / deepestFloor ? law.floor : undefined;
  const core = [
    ...points.map(({ y }) => y),
    ...curve.map(({ y }) => y),
    ...asked.flatMap(({ y, ci95, interval95 }) => [y, ...(ci95 ?? []), ...(interval95 ?? [])]),
    ...(floor ? [floor.at] : []),
  ];
  const computes = [...points.map(({ x }) => x), ...curve.map(({ x }) => x), ...asked.map(({ x }) => x)];
  const x = logAxis(law.x, computes, small ? 5 : 9, 0.03);
  const y = logAxis(law.y, rangeWithBand(core, curve), small ? 6 : 7);
  const line = curveMarks(splitAt(curve, reach), theme.ink);
  const dots = Plot.dot(points, {
    x: "x",
    y: "y",
    ...dotStyle(points.length),
    fill: theme.scale(0.45),
    stroke: theme.surface,
    className: "point",
  });
  return chart(
    {
      description: `${law.y.label} against ${law.x.label}: ${points.length} points and the law through them.`,
      x,
      y,
      width,
      height: small ? Math.round(width * 0.94) : 440,
      marginRight: 20,
      ...(law.title !== undefined && { subtitle: law.title }),
      labels: [
        ...floorLabels(law, floor, x, theme),
        ...breakLabels(breaks, law, y, x, theme),
        ...askedLabels(law, x, theme),
      ],
      marks: [
        ...(floor ? floorMarks(floor, x, y, theme) : []),
        ...breaks.flatMap((place) => breakMarks(place, x, y, theme)),
        ...bandMarks(bandWithin(curve, y.domain), theme.muted),
        ...(points.length > crowd ? [dots, ...line] : [...line, dots]),
        ...askedMarks(asked, theme),
      ],
    },
    options,
  );
};

/** Laws side by side, as many as fit. */
export const fittedLawsDrawing = (laws: readonly FittedLaw[], options: FigureOptions): Drawing => {
  const width = options.width ?? 1140;
  const columns = width < 720 ? 1 : Math.min(3, laws.length);
  const panel = { ...options, width: panelWidth(width, columns) };
  return compose(
    laws.map((law) => fittedLawDrawing(law, panel)),
    { ...options, columns, description: `${laws.length} fitted laws: ${laws.map(({ y }) => y.label).join("; ")}.` },
  );
};

const largest = (points: FittedLaw["points"]): number =>
  points.length > 0 ? points.reduce((high, { x }) => Math.max(high, x), 0) : Number.POSITIVE_INFINITY;

/** The part of an interval that is in the frame. */
const inside = ([low, high]: readonly [number, number], { domain: [least, most] }: Axis) =>
  low <= most && high >= least ? ([Math.max(low, least), Math.min(high, most)] as const) : undefined;

const floorMarks = ({ at, ci95 }: Place, x: Axis, y: Axis, theme: Theme): Plot.Markish[] => {
  const ends = given(ci95) ? inside(ci95, y) : undefined;
  const across = { x1: x.domain[0], x2: x.domain[1] };
  return [
    ...(ends
      ? [
          Plot.rect([0], {
            ...across,
            y1: ends[0],
            y2: ends[1],
            fill: theme.heldOut,
            fillOpacity: 0.1,
            className: "floor-interval",
          }),
        ]
      : []),
    Plot.ruleY([at], { stroke: theme.heldOut, strokeWidth: 1.25, strokeDasharray: "2 3", className: "floor" }),
  ];
};

const floorLabels = (law: FittedLaw, floor: Place | undefined, x: Axis, theme: Theme): PointLabel[] =>
  floor ? [{ x: x.domain[0], y: floor.at, text: `floor ${valueText(law.y, floor.at)}`, color: theme.heldOut }] : [];

const breakMarks = ({ at, ci95 }: Place, x: Axis, y: Axis, theme: Theme): Plot.Markish[] => {
  if (at < x.domain[0] || at > x.domain[1]) return [];
  const ends = given(ci95) ? inside(ci95, x) : undefined;
  return [
    ...(ends
      ? [
          Plot.rect([0], {
            x1: ends[0],
            x2: ends[1],
            y1: y.domain[0],
            y2: y.domain[1],
            fill: theme.heldOut,
            fillOpacity: 0.1,
            className: "break-interval",
          }),
        ]
      : []),
    Plot.ruleX([at], { stroke: theme.heldOut, strokeWidth: 1.25, strokeDasharray: "2 3", className: "break" }),
  ];
};

const breakLabels = (breaks: readonly Place[], law: FittedLaw, y: Axis, x: Axis, theme: Theme): PointLabel[] =>
  breaks.flatMap(({ at }): PointLabel[] =>
    at < x.domain[0] || at > x.domain[1]
      ? []
      : [{ x: at, y: y.domain[1], text: `break ${valueText(law.x, at)}`, color: theme.heldOut, side: sideOf(x, at) }],
  );

const askedMarks = (asked: readonly AskedPoint[], theme: Theme): Plot.Markish[] => {
  const bars = (name: "ci95" | "interval95") =>
    asked.flatMap(({ x, [name]: ends }) => (given(ends) ? [{ x, low: ends[0], high: ends[1] }] : []));
  const bar = { x: "x", y1: "low", y2: "high", stroke: theme.heldOut } as const;
  return [
    Plot.ruleX(bars("interval95"), { ...bar, strokeOpacity: 0.3, strokeWidth: 11, className: "interval" }),
    Plot.ruleX(bars("ci95"), { ...bar, strokeWidth: 2.5, className: "law-interval" }),
    Plot.dot(asked, {
      x: "x",
      y: "y",
      symbol: tick,
      stroke: theme.heldOut,
      strokeWidth: 2,
      className: "asked",
    }),
  ];
};

/** Labels stand where the law is not: above it to the left of a rise, below it to the left of a fall. */
const askedLabels = ({ asked = [], curve, y: quantity }: FittedLaw, axis: Axis, theme: Theme): PointLabel[] => {
  const rises = curve.at(-1)!.y > curve[0]!.y;
  return asked.map(({ x, y, label }) => {
    const side = sideOf(axis, x);
    const lift = (side === "left") === rises ? clearance : -clearance;
    return { x, y, text: label ?? valueText(quantity, y), color: theme.heldOut, bold: true, side, lift };
  });
};
