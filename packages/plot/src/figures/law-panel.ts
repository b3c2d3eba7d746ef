import { type Asked, askedMarks, askedValues, beside } from "../chart/asked.js";
import { type Axis, sideOf } from "../chart/axis.js";
import { type ChartSpec, chart, legendHeight } from "../chart/chart.js";
import { type CurvePoint, curveMarks, rangeWithBand } from "../chart/curve.js";
import { type Figure, figure, panels } from "../chart/figure.js";
import { cut } from "../chart/interval.js";
import type { PointLabel } from "../chart/labels.js";
import { barsUp, diamonds, dots, isOn, line, type Place, type Point, placeMarks, rings } from "../chart/marks.js";
import { type AxisQuantity, logAxis, valueText } from "../chart/quantity.js";
import type { Draw, Look } from "../chart/sheet.js";
import type { Theme } from "../chart/theme.js";

/** Another curve of the same, thin, named above the panel. */
export interface OtherCurve {
  readonly name: string;
  /** What the legend says of it. */
  readonly text: string;
  readonly color: (theme: Theme) => string;
  readonly curve: readonly Point[];
  readonly dashed?: boolean;
}

/** A law y(x) on log axes, and what is drawn beside it. */
export interface LawPanel {
  /** Set above the law, e.g. its formula with numbers. */
  readonly title: string;
  readonly x: AxisQuantity;
  readonly y: AxisQuantity;
  readonly curve: readonly CurvePoint[];
  /** Where the band is known, if not where the curve is. */
  readonly band?: readonly CurvePoint[];
  /** What other laws say, or the parts of this one. */
  readonly others?: readonly OtherCurve[];
  /** Values that must be seen whatever the frame would be without them. */
  readonly seen?: readonly number[];
  /** x beyond which the law is an extrapolation. */
  readonly fittedTo: number;
  /** What the law was fitted to. */
  readonly points?: readonly Point[];
  /** 95 % intervals of some points. */
  readonly bars?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** The same as diamonds, coloured by their place among `of`. */
  readonly optima?: readonly (Point & { readonly index: number })[];
  readonly of?: number;
  /** Models that were trained beyond the fit, hollow. */
  readonly trained?: readonly Point[];
  readonly floor?: Place | undefined;
  readonly breaks?: readonly Place[];
  readonly asked?: readonly Asked[];
  /** Share by which the x axis is longer than what it holds. */
  readonly pad?: number;
  readonly marginRight?: number;
}

/** Laws are drawn a decade beyond their data. */
export const beyond = 10;

/** A law as a figure. */
export const lawPanel = (caption: string, law: LawPanel, width = 760): Figure =>
  figure(caption, lawDrawing(law), width);

/** Laws side by side, or below each other on narrow widths. */
export const lawPanels = (caption: string, description: string, laws: readonly LawPanel[]): Figure => {
  const columns = (width: number) => (width < 720 ? 1 : laws.length);
  return panels(caption, description, laws.map(lawDrawing), 1140, columns);
};

/** A floor further below the law than this factor would squeeze the data into a corner. */
const deepestFloor = 10;

/** Of another law: finer than those of an extrapolation. */
const dashes = "2 3";

/** More dots than this would hide the line behind them. */
const crowd = 60;

/** A law as one drawing among others. */
export const lawDrawing = (law: LawPanel): Draw => chart((look) => lawChart(law, look));

/**
 * One law on log axes: what it was fitted to, its band where one is known, dashed where it extrapolates; the floor as a line, breaks as
 * verticals, predictions with where the law is and where a new measurement falls.
 */
const lawChart = (law: LawPanel, { theme, width, small }: Look): ChartSpec => {
  const { curve, band = curve, points = [], bars = [], optima = [], of = 1, trained = [], asked = [], fittedTo } = law;
  const lowest = curve.reduce((low, { y }) => Math.min(low, y), Number.POSITIVE_INFINITY);
  const floors = law.floor && law.floor.value > lowest / deepestFloor ? [law.floor] : [];
  const all = [...points, ...optima, ...curve, ...trained];
  const { seen: also = [] } = law;
  const core = [...all.map(({ y }) => y), ...asked.flatMap(askedValues), ...floors.map(({ value }) => value), ...also];
  const xs = [...all, ...asked].map((point) => point.x);
  const x = logAxis(law.x, xs, small ? 5 : 9, law.pad ?? 0.03);
  const inFrame = band.filter((point) => isOn(x, point.x));
  // The bar of a measurement may reach below zero.
  const seen = core.filter((value) => value > 0);
  const y = logAxis(law.y, rangeWithBand(seen, inFrame), small ? 6 : 7);
  const breaks = (law.breaks ?? []).filter(({ value }) => isOn(x, value));
  const { ink, muted, heldOut: color } = theme;
  const named = law.others ?? [];
  const others = named.map(({ name, curve, color, dashed = false }) =>
    line(
      curve.filter((point) => isOn(y, point.y)),
      color(theme),
      `other-${name}`,
      { strokeWidth: 1.5, ...(dashed && { strokeDasharray: dashes }) },
    ),
  );
  const style = { fittedTo, domain: y.domain, stroke: ink, fill: muted, name: "law", bandName: "band" };
  const main = [...others, ...curveMarks(curve, style, inFrame)];
  const measured = dots(points, theme, theme.scale(0.45), "point");
  return {
    description: `${law.y.label} against ${law.x.label}: ${points.length + optima.length} points and the law through them, ${law.title}.`,
    x,
    y,
    height:
      (small ? Math.round(width * 0.94) : 440) +
      legendHeight(
        named.map(({ text }) => text),
        width,
        small,
      ),
    marginRight: law.marginRight ?? 20,
    subtitle: law.title,
    legend: named.map(({ text, color, dashed = false }) => ({
      text,
      color: color(theme),
      ...(dashed && { dashes }),
    })),
    labels: [
      ...floors.map(({ value }) => ({ x: x.domain[0], y: value, text: `floor ${valueText(law.y, value)}`, color })),
      ...breaks.map(({ value }) => {
        const text = `break ${valueText(law.x, value)}`;
        return { x: value, y: y.domain[1], text, color, side: sideOf(x, value) };
      }),
      ...askedLabels(law, x).map((label) => ({ ...label, color, bold: true })),
    ],
    marks: [
      ...floors.flatMap((at) => placeMarks(at, "y", { x, y }, color, 0.1, "floor")),
      ...breaks.flatMap((at) => placeMarks(at, "x", { x, y }, color, 0.1, "break")),
      barsUp(
        bars.flatMap(({ x, low, high }) => cut([low, high], y.domain).map((ends) => ({ x, ...ends }))),
        muted,
        1.25,
        { className: "point-interval" },
      ),
      ...(points.length > crowd ? [measured, ...main] : [...main, measured]),
      diamonds(optima, theme, ({ index }) => theme.budget(index, of), "optimum"),
      rings(trained, color, "trained", { fill: theme.surface }),
      ...askedMarks(asked, theme, y.domain[0]),
    ],
  };
};

/** Of several that stand beside each other the one at the left. */
const firstOfEach = (asked: readonly Asked[]): readonly Asked[] =>
  asked.filter(({ x, shift }, i) => shift === undefined || asked.findIndex((other) => other.x === x) === i);

/** What a prediction says, or what became of it. */
const askedLabels = (
  { asked = [], trained = [], curve, y: quantity }: LawPanel,
  axis: Axis,
): Omit<PointLabel, "color">[] => [
  ...firstOfEach(asked).map(({ x, y, measured, shift = 0 }) =>
    measured
      ? { x, y: measured.value, shift, text: "measured", side: "left" as const }
      : { x, y, shift, text: valueText(quantity, y), ...beside(axis, x, curve) },
  ),
  ...trained.slice(0, 1).map(({ x, y }) => ({ x, y, text: "held out", side: "left" as const })),
];
