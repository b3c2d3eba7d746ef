import type { Interval } from "@isoflop/scaling";
import { chart, legendHeight } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { barsUp, dots, line, type Point } from "../chart/marks.js";
import { type AxisQuantity, linearAxis, logAxis } from "../chart/quantity.js";
import { drawable, refused, some } from "../error.js";
import { armColour } from "./arms.js";

/** A point of a series, with its 95 % bar where that is known. */
export interface SeriesPoint extends Point {
  readonly ci95?: Interval;
}

/** What was measured of one thing at several places. */
export interface Series {
  readonly name: string;
  readonly points: readonly SeriesPoint[];
}

/** What stands on an axis of a figure of series, and how. */
export interface SeriesAxis extends AxisQuantity {
  /** Default "linear". */
  readonly scale?: "linear" | "log";
}

export interface SeriesFigureOptions {
  readonly caption: string;
  readonly x: SeriesAxis;
  readonly y: SeriesAxis;
  /** Dots at the points of a line. Default: where they are at most 40. */
  readonly dots?: boolean;
}

/** Names that a reader still tells apart by their colours. */
const mostSeries = 6;
const mostDots = 40;

/**
 * Several lines of a quantity against another, each with its name in its colour.
 * @throws PlotInputError for no series or more than six, and naming the first number that cannot be drawn
 */
export const seriesFigure = (series: readonly Series[], options: SeriesFigureOptions): Figure => {
  const { caption, x: across, y: up } = options;
  if (some("series", series, "series").length > mostSeries)
    throw refused("series.length", series.length, `at most ${mostSeries}: more colours cannot be told apart`);
  const all = series.flatMap(({ name, points }) =>
    some(`the points of "${name}"`, points, "point").flatMap(({ x, y, ci95 = [y, y] }, i) => {
      const at = `"${name}"[${i}]`;
      for (const [part, value] of Object.entries({ x, y, low: ci95[0], high: ci95[1] }))
        drawable(`${at}.${part}`, value);
      return [{ x, y, low: ci95[0], high: ci95[1] }];
    }),
  );
  for (const [side, axis] of [["x", across] as const, ["y", up] as const]) {
    const lowest = Math.min(...all.map((point) => (side === "x" ? point.x : point.low)));
    if (axis.scale === "log" && !(lowest > 0)) throw refused(`the least ${side}`, lowest, "above 0 on a log axis");
  }
  const names = series.map(({ name }) => name);
  const draw = chart(({ theme, width, small }) => {
    const axisOf = ({ scale, ...quantity }: SeriesAxis, values: readonly number[], ticks: number) =>
      (scale === "log" ? logAxis : linearAxis)(quantity, values, ticks);
    const xs = all.map(({ x }) => x);
    const ys = all.flatMap(({ y, low, high }) => [y, low, high]);
    return {
      description: `${up.label} against ${across.label} of ${names.join(", ")}.`,
      x: axisOf(across, xs, small ? 4 : 7),
      y: axisOf(up, ys, 6),
      height: (small ? Math.round(width * 0.94) : 440) + legendHeight(names, width, small),
      marginRight: 20,
      legend: series.map(({ name }, i) => ({ text: name, color: armColour(theme, i) })),
      marks: series.flatMap(({ name, points }, i) => {
        const color = armColour(theme, i);
        const placed = points.map(({ x, y }) => ({ group: name, x, y }));
        const bars = points.flatMap(({ x, ci95 }) => (ci95 ? [{ group: name, x, low: ci95[0], high: ci95[1] }] : []));
        const { dots: dotted = points.length <= mostDots } = options;
        return [
          ...(bars.length > 0 ? [barsUp(bars, color, 1.5, { className: "spread", strokeOpacity: 0.6 })] : []),
          line(placed, color, "series", { strokeWidth: 1.75 }),
          ...(dotted ? [dots(placed, theme, color, "point", { r: 3 })] : []),
        ];
      }),
    };
  });
  return figure(caption, draw, 1040);
};
