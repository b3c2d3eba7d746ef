import { type Asked, askedMarks, askedValues, beside, rises } from "../chart/asked.js";
import { type Axis, sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { type CurvePoint, curveMarks, rangeWithBand } from "../chart/curve.js";
import { type Figure, figure, panels } from "../chart/figure.js";
import type { PointLabel } from "../chart/labels.js";
import { diamonds, dots, isOn, type Place, placeMarks, rings, xy } from "../chart/marks.js";
import { type AxisQuantity, logAxis, valueText } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import type { Theme } from "../chart/theme.js";

interface Point {
  readonly x: number;
  readonly y: number;
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
  /** x beyond which the law is an extrapolation. */
  readonly fittedTo: number;
  /** What the law was fitted to. */
  readonly points?: readonly Point[];
  /** The same as diamonds, coloured by their place among `of`. */
  readonly optima?: readonly (Point & { readonly index: number })[];
  readonly of?: number;
  /** Models that were trained beyond the fit, hollow. */
  readonly trained?: readonly Point[];
  readonly floor?: Place;
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
  figure(caption, width, (sheet) => lawDrawing(law, sheet));

/** Laws side by side, or below each other on narrow widths. */
export const lawPanels = (caption: string, description: string, laws: readonly LawPanel[]): Figure => {
  const columns = (width: number) => (width < 720 ? 1 : laws.length);
  return panels(
    { caption, description, width: 1140, columns },
    laws.map((law) => (sheet) => lawDrawing(law, sheet)),
  );
};

/** A floor further below the law than this factor would squeeze the data into a corner. */
const deepestFloor = 10;

/** More dots than this would hide the line behind them. */
const crowd = 60;

/**
 * One law on log axes: what it was fitted to, its band where one is known, dashed where it extrapolates; the floor as a line, breaks as
 * verticals, predictions with where the law is and where a new measurement falls.
 */
const lawDrawing = (law: LawPanel, sheet: Sheet): Drawing => {
  const { theme, width, small } = sheet;
  const { curve, band = curve, points = [], optima = [], of = 1, trained = [], asked = [], breaks = [] } = law;
  const lowest = curve.reduce((low, { y }) => Math.min(low, y), Number.POSITIVE_INFINITY);
  const floor = law.floor && law.floor.value > lowest / deepestFloor ? law.floor : undefined;
  const all = [...points, ...optima, ...curve, ...trained];
  const core = [...all.map(({ y }) => y), ...asked.flatMap(askedValues), ...(floor ? [floor.value] : [])];
  const xs = [...all, ...asked].map((point) => point.x);
  const x = logAxis(law.x, xs, small ? 5 : 9, law.pad ?? 0.03);
  const inFrame = band.filter((point) => isOn(x, point.x));
  // The bar of a measurement may reach below zero.
  const seen = core.filter((value) => value > 0);
  const y = logAxis(law.y, rangeWithBand(seen, inFrame), small ? 6 : 7);
  const shown = breaks.filter(({ value }) => isOn(x, value));
  const { fittedTo } = law;
  const style = { fittedTo, domain: y.domain, stroke: theme.ink, fill: theme.muted, name: "law", bandName: "band" };
  const line = curveMarks(curve, style, inFrame);
  const measured = dots(points, theme, xy, theme.scale(0.45), "point");
  const dotted = { stroke: theme.heldOut, fillOpacity: 0.1 };
  return chart(
    {
      description: `${law.y.label} against ${law.x.label}: ${points.length + optima.length} points and the law through them, ${law.title}.`,
      x,
      y,
      height: small ? Math.round(width * 0.94) : 440,
      marginRight: law.marginRight ?? 20,
      subtitle: law.title,
      labels: [...placeLabels(law, { x, y }, theme, floor, shown), ...askedLabels(law, x, theme)],
      marks: [
        ...(floor ? placeMarks(floor, "y", { x, y }, { ...dotted, className: "floor" }) : []),
        ...shown.flatMap((at) => placeMarks(at, "x", { x, y }, { ...dotted, className: "break" })),
        ...(points.length > crowd ? [measured, ...line] : [...line, measured]),
        diamonds(optima, theme, xy, ({ index }) => theme.budget(index, of), "optimum"),
        rings(trained, xy, theme.heldOut, "trained", { fill: theme.surface }),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    },
    sheet,
  );
};

/** The floor at the left edge, breaks at the top. */
const placeLabels = (
  law: LawPanel,
  { x, y }: { readonly x: Axis; readonly y: Axis },
  { heldOut: color }: Theme,
  floor: Place | undefined,
  breaks: readonly Place[],
): PointLabel[] => [
  ...(floor ? [{ x: x.domain[0], y: floor.value, text: `floor ${valueText(law.y, floor.value)}`, color }] : []),
  ...breaks.map(({ value }) => {
    const text = `break ${valueText(law.x, value)}`;
    return { x: value, y: y.domain[1], text, color, side: sideOf(x, value) };
  }),
];

/** What a prediction says, or what became of it. */
const askedLabels = (
  { asked = [], trained = [], curve, y: quantity }: LawPanel,
  axis: Axis,
  theme: Theme,
): PointLabel[] => {
  const style = { color: theme.heldOut, bold: true } as const;
  return [
    ...asked.map(
      ({ x, y, measured }): PointLabel =>
        measured
          ? { x, y: measured.value, text: "measured", side: "left", ...style }
          : { x, y, text: valueText(quantity, y), ...beside(axis, x, rises(curve)), ...style },
    ),
    ...trained.slice(0, 1).map(({ x, y }): PointLabel => ({ x, y, text: "held out", side: "left", ...style })),
  ];
};
