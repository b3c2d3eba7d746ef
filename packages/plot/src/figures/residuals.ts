import { formOfLaw, type LawFit, type Run, residualSpread, type SurfaceFit, surfaceLoss } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf, sideOf } from "../chart/axis.js";
import { chart, type Drawing, type FigureOptions, themeOf } from "../chart/chart.js";
import { type ColourKey, logKey } from "../chart/colour-key.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type Figure, panels } from "../chart/figure.js";
import { signedPercent, significant } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { logRatio } from "../chart/log.js";
import { dots } from "../chart/marks.js";
import { percentAxis, zeroLine } from "../chart/percent.js";
import { logAxis, type Quantity, quantities, valueText } from "../chart/quantity.js";
import { onLogAxes, some } from "../error.js";
import { computeOf, inPlane } from "./plane.js";

/** Something that was measured, with what a fit says of it. */
interface Point {
  readonly measured: number;
  readonly predicted: number;
  /** Abscissa: compute, or the x of a law. */
  readonly at: number;
  /** Model size, which the colour shows. */
  readonly N?: number;
  readonly name: string;
}

interface Residuals {
  readonly points: readonly Point[];
  readonly at: Quantity;
  /** What is measured and predicted. */
  readonly quantity: string;
  /** Of ln(measured / predicted), as the fit states it; NaN where nothing is known. */
  readonly standardDeviation: number;
  /** How many points there are, of which an even sample may be drawn. */
  readonly of: readonly unknown[];
  readonly what: string;
}

/**
 * ln(measured / predicted) of the runs of a surface in percent, once against the predicted value and once against compute: the first
 * shows a wrong form, the second where an extrapolation will drift. Side by side, or below each other on narrow widths.
 */
export const residualsFigure = (fit: SurfaceFit, runs: readonly Run[]): Figure => {
  const points = sampled(runs)
    .flatMap(inPlane(fit))
    .map(
      ({ C, N, D, loss, name }): Point => ({ measured: loss, predicted: surfaceLoss(fit, { N, D }), at: C, N, name }),
    );
  const standardDeviation = fit.residualStandardDeviation;
  return residuals(
    { points, at: computeOf(fit), quantity: fit.quantity, standardDeviation, of: runs, what: "runs" },
    "ln(measured / predicted) of every run, against the predicted value and against compute, coloured by model size. A trend with either, or colours that part, is structure that this form does not have. Runs further than 2.5 standard deviations off are named.",
  );
};

/** The same of a law and its points; of ln y, whichever scale it was fitted on. */
export const lawResidualsFigure = (fit: LawFit, { x: nameX, y: quantity, rows }: LawNames): Figure => {
  const { law, data } = fit;
  const { value } = formOfLaw(law);
  const points = data.x.map((at, i): Point => {
    const name = `row ${rows?.[i] ?? i + 1}`;
    return { at, measured: data.y[i]!, predicted: value(law, at), name };
  });
  const standardDeviation = residualSpread(fit);
  return residuals(
    { points: sampled(points), at: { label: nameX }, quantity, standardDeviation, of: points, what: "points" },
    "ln(measured / predicted) of every point. A trend is structure that this form does not have.",
  );
};

/** What the columns of a law are called, and in which rows its points stand. */
export interface LawNames {
  readonly x: string;
  readonly y: string;
  readonly rows?: readonly number[];
}

const residuals = (data: Residuals, caption: string): Figure => {
  const { points, at, quantity, of, what } = data;
  onLogAxes(what, some(what, points, what.replace(/s$/, "")), ["at", "measured", "predicted"]);
  const y = residualAxis(data);
  const draw = (x: Quantity, name: "predicted" | "at") => (width: number, options: FigureOptions) =>
    residualPanel(
      data,
      logAxis(
        x,
        points.map((point) => point[name]),
        width < 480 ? 4 : 6,
      ),
      y,
      name,
      width,
      options,
    );
  return panels(
    {
      caption: caption + sampledNote(of, what),
      description: `Residuals of ${points.length} runs, against the predicted ${quantity} and against ${at.label}.`,
      columns: (width) => (width < 720 ? 1 : 2),
    },
    [draw({ label: `predicted ${quantity}` }, "predicted"), draw(at, "at")],
    1040,
  );
};

/** Residuals below this are those of exact data. */
const rounding = 1e-6;

const residualOf = ({ measured, predicted }: Point): number => logRatio(measured, predicted);

const spreadOf = ({ standardDeviation }: Residuals): number => (standardDeviation > 0 ? standardDeviation : 0);

const residualAxis = (data: Residuals): Axis => {
  const spread = spreadOf(data);
  const values = [0, -spread, spread, ...data.points.map(residualOf)];
  // Without this the axis of a fit of exact data would be about rounding.
  const exact = values.every((value) => Math.abs(value) < rounding);
  return percentAxis("ln(measured / predicted), %", exact ? [-1e-4, 1e-4] : values, 7, 0.1);
};

const residualPanel = (
  data: Residuals,
  x: Axis,
  y: Axis,
  name: "predicted" | "at",
  width: number,
  options: FigureOptions,
): Drawing => {
  const theme = themeOf(options);
  const { points } = data;
  const spread = spreadOf(data);
  const sizes = points.flatMap(({ N }) => (N === undefined ? [] : [N]));
  const key = sizes.length > 0 ? logKey("model size N", sizes, (N) => valueText(quantities.N, N)) : undefined;
  const height = width < 480 ? 360 : 400;
  return chart(
    {
      description: `Residuals of ${points.length} runs in percent against ${x.label}.`,
      x,
      y,
      labels: outlierLabels(data, { x, y, name, width, height, color: theme.muted }),
      width,
      height,
      key,
      ...(spread > 0 && {
        subtitle: `grey: ±1 residual standard deviation, ${significant(100 * spread, 3)}\u00A0%`,
      }),
      marks: [
        ...(spread > 0
          ? [
              Plot.rect([0], {
                x1: x.domain[0],
                x2: x.domain[1],
                y1: -spread,
                y2: spread,
                fill: theme.muted,
                fillOpacity: 0.14,
                className: "spread",
              }),
            ]
          : []),
        zeroLine(theme),
        dots(points, theme, {
          x: name,
          y: residualOf,
          fill: fillOf(key, theme.scale),
          className: "residual",
          title: (point: Point) => `${point.name}: ${signedPercent(residualOf(point), 2)}`,
        }),
      ],
    },
    options,
  );
};

const fillOf = (key: ColourKey | undefined, scale: (share: number) => string) => (point: Point) =>
  scale(key && point.N !== undefined ? key.share(point.N) : 0.5);

/** Points further off than this many standard deviations are named. */
const far = 2.5;
const mostNamed = 5;
/** Room that a name takes, in pixels: where several stand together, only the furthest off is named. */
const nameRoom = { x: 90, y: 15 };

interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly name: "predicted" | "at";
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

const outlierLabels = (data: Residuals, { x, y, name, width, height, color }: Frame): PointLabel[] => {
  const spread = spreadOf(data);
  const off = (point: Point) => Math.abs(residualOf(point));
  const outliers = data.points
    .filter((point) => spread > rounding && off(point) > far * spread)
    .sort((a, b) => off(b) - off(a));
  const place = { x: scaleOf(x, 0, width), y: scaleOf(y, height, 0) };
  const kept: { readonly point: Point; readonly x: number; readonly y: number }[] = [];
  for (const point of outliers) {
    const at = { x: place.x(point[name]), y: place.y(residualOf(point)) };
    const crowded = kept.some(
      (other) => Math.abs(other.x - at.x) < nameRoom.x && Math.abs(other.y - at.y) < nameRoom.y,
    );
    if (!crowded) kept.push({ point, ...at });
  }
  return kept.slice(0, mostNamed).map(({ point }) => ({
    x: point[name],
    y: residualOf(point),
    text: point.name,
    color,
    side: sideOf(x, point[name]),
  }));
};
