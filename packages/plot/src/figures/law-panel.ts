import * as Plot from "@observablehq/plot";
import { type Asked, askedMarks, askedValues, beside, rises } from "../chart/asked.js";
import { type Axis, sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { bandMarks, bandWithin, type CurvePoint, curveMarks, rangeWithBand, splitAt } from "../chart/curve.js";
import type { PointLabel } from "../chart/labels.js";
import { diamonds, dots, isOn, type Place, placeMarks } from "../chart/marks.js";
import { logAxis, type Quantity, valueText } from "../chart/quantity.js";
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
  readonly x: Quantity;
  readonly y: Quantity;
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

/** A floor further below the law than this factor would squeeze the data into a corner. */
const deepestFloor = 10;

/** More dots than this would hide the line behind them. */
const crowd = 60;

/**
 * One law on log axes: what it was fitted to, its band where one is known, dashed where it extrapolates; the floor as a line, breaks as
 * verticals, predictions with where the law is and where a new measurement falls.
 */
export const lawDrawing = (law: LawPanel, sheet: Sheet): Drawing => {
  const { theme, width, small } = sheet;
  const { curve, band = curve, points = [], optima = [], of = 1, trained = [], asked = [], breaks = [] } = law;
  const lowest = curve.reduce((low, { y }) => Math.min(low, y), Number.POSITIVE_INFINITY);
  const floor = law.floor && law.floor.value > lowest / deepestFloor ? law.floor : undefined;
  const all = [...points, ...optima, ...curve, ...trained];
  const core = [...all.map(({ y }) => y), ...asked.flatMap(askedValues), ...(floor ? [floor.value] : [])];
  const x = logAxis(
    law.x,
    [...all, ...asked].map((point) => point.x),
    small ? 5 : 9,
    law.pad ?? 0.03,
  );
  const inFrame = band.filter((point) => isOn(x, point.x));
  const y = logAxis(
    law.y,
    rangeWithBand(
      core.filter((value) => value > 0),
      inFrame,
    ),
    small ? 6 : 7,
  );
  const line = curveMarks(splitAt(curve, law.fittedTo), theme.ink);
  const measured = dots(points, theme, { x: "x", y: "y", fill: theme.scale(0.45), className: "point" });
  const dotted = { stroke: theme.heldOut, fillOpacity: 0.1 };
  return chart(
    {
      description: `${law.y.label} against ${law.x.label}: ${points.length + optima.length} points and the law through them, ${law.title}.`,
      x,
      y,
      height: small ? Math.round(width * 0.94) : 440,
      marginRight: law.marginRight ?? 20,
      subtitle: law.title,
      labels: [
        ...(floor
          ? [{ x: x.domain[0], y: floor.value, text: `floor ${valueText(law.y, floor.value)}`, color: theme.heldOut }]
          : []),
        ...breaks
          .filter(({ value }) => isOn(x, value))
          .map(
            ({ value }): PointLabel => ({
              x: value,
              y: y.domain[1],
              text: `break ${valueText(law.x, value)}`,
              color: theme.heldOut,
              side: sideOf(x, value),
            }),
          ),
        ...askedLabels(law, x, theme),
      ],
      marks: [
        ...(floor ? placeMarks(floor, "y", { x, y }, { ...dotted, className: "floor" }) : []),
        ...breaks
          .filter(({ value }) => isOn(x, value))
          .flatMap((at) => placeMarks(at, "x", { x, y }, { ...dotted, className: "break" })),
        ...bandMarks(bandWithin(inFrame, y.domain), theme.muted),
        ...(points.length > crowd ? [measured, ...line] : [...line, measured]),
        diamonds(optima, theme, {
          x: "x",
          y: "y",
          fill: ({ index }: { index: number }) => theme.budget(index, of),
          className: "optimum",
        }),
        Plot.dot(trained, {
          x: "x",
          y: "y",
          r: 4.5,
          fill: theme.surface,
          stroke: theme.heldOut,
          strokeWidth: 2,
          className: "trained",
        }),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    },
    sheet,
  );
};

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
