import { formOfLaw, type LawFit, type Run, residualSpread, type SurfaceFit, surfaceLoss } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf, sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { logKey } from "../chart/colour-key.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type Figure, panels } from "../chart/figure.js";
import { signedPercent, significant } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { logRatio } from "../chart/log.js";
import { dots, zeroLine } from "../chart/marks.js";
import { type AxisQuantity, logAxis, percentAxis, quantities, valueText } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
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
  readonly at: AxisQuantity;
  /** What is measured and predicted. */
  readonly quantity: string;
  /** Of ln(measured / predicted), as the fit states it; NaN or 0 where it is not known. */
  readonly spread: number;
}

/**
 * ln(measured / predicted) of the runs of a surface in percent, once against the predicted value and once against compute: the first
 * shows a wrong form, the second where an extrapolation will drift. Side by side, or below each other on narrow widths.
 */
export const residualsFigure = (fit: SurfaceFit, runs: readonly Run[]): Figure => {
  const points = sampled(runs)
    .flatMap(inPlane(fit))
    .map(({ C, N, D, loss, name }) => ({ measured: loss, predicted: surfaceLoss(fit, { N, D }), at: C, N, name }));
  const caption =
    "ln(measured / predicted) of every run, against the predicted value and against compute, coloured by model size. A trend with either, or colours that part, is structure that this form does not have. Runs further than 2.5 standard deviations off are named.";
  const { quantity, residualStandardDeviation: spread } = fit;
  return residuals(
    { points: some("runs", points, "run"), at: computeOf(fit), quantity, spread },
    caption + sampledNote(runs),
  );
};

/** What the columns of a law are called, and in which rows its points stand. */
export interface LawNames {
  readonly x: string;
  readonly y: string;
  readonly rows?: readonly number[];
}

/** The same of a law and its points; of ln y, whichever scale it was fitted on. */
export const lawResidualsFigure = (fit: LawFit, { x, y: quantity, rows }: LawNames): Figure => {
  const { law, data } = fit;
  const { value } = formOfLaw(law);
  const points = data.x.map((at, i) => {
    const name = `row ${rows?.[i] ?? i + 1}`;
    return { at, measured: data.y[i]!, predicted: value(law, at), name };
  });
  const caption = `ln(measured / predicted) of every point. A trend is structure that this form does not have.${sampledNote(points, "points")}`;
  const spread = residualSpread(fit);
  return residuals({ points: sampled(some("points", points, "point")), at: { label: x }, quantity, spread }, caption);
};

/** Residuals below this are those of exact data. */
const rounding = 1e-6;

const residualOf = ({ measured, predicted }: Point): number => logRatio(measured, predicted);

const residuals = (data: Residuals, caption: string): Figure => {
  const { points, at, quantity } = data;
  onLogAxes("runs", points, ["at", "measured", "predicted"]);
  const known = { ...data, spread: data.spread || 0 };
  const values = [0, -known.spread, known.spread, ...points.map(residualOf)];
  // Without this the axis of a fit of exact data would be about rounding.
  const exact = values.every((value) => Math.abs(value) < rounding);
  const y = percentAxis("ln(measured / predicted), %", exact ? [-1e-4, 1e-4] : values, 7, 0.1);
  const panel = (what: AxisQuantity, abscissa: Abscissa) => (sheet: Sheet) => {
    const x = logAxis(what, points.map(abscissa), sheet.small ? 4 : 6);
    return residualPanel(known, { x, y, abscissa }, sheet);
  };
  return panels(
    {
      caption,
      description: `Residuals of ${points.length} runs, against the predicted ${quantity} and against ${at.label}.`,
      width: 1040,
      columns: (width) => (width < 720 ? 1 : 2),
    },
    [panel({ label: `predicted ${quantity}` }, ({ predicted }) => predicted), panel(at, (point) => point.at)],
  );
};

type Abscissa = (point: Point) => number;

interface Axes {
  readonly x: Axis;
  readonly y: Axis;
  readonly abscissa: Abscissa;
}

const residualPanel = ({ points, spread }: Residuals, axes: Axes, sheet: Sheet): Drawing => {
  const { theme, width, small } = sheet;
  const { x, y, abscissa } = axes;
  const sizes = points.flatMap(({ N }) => (N === undefined ? [] : [N]));
  const key = sizes.length > 0 ? logKey("model size N", sizes, (N) => valueText(quantities.N, N)) : undefined;
  const colour = ({ N }: Point) => theme.scale(key && N !== undefined ? key.share(N) : 0.5);
  const height = small ? 360 : 400;
  const band = { x1: x.domain[0], x2: x.domain[1], y1: -spread, y2: spread };
  const named = outliers(points, spread, { x: scaleOf(x, 0, width), y: scaleOf(y, height, 0), abscissa });
  return chart(
    {
      description: `Residuals of ${points.length} runs in percent against ${x.label}.`,
      x,
      y,
      labels: named.map((point): PointLabel => {
        const at = abscissa(point);
        return { x: at, y: residualOf(point), text: point.name, color: theme.muted, side: sideOf(x, at) };
      }),
      height,
      key,
      ...(spread > 0 && {
        subtitle: `grey: ±1 residual standard deviation, ${significant(100 * spread, 3)}\u00A0%`,
      }),
      marks: [
        Plot.rect(spread > 0 ? [band] : [], { ...band, fill: theme.muted, fillOpacity: 0.14, className: "spread" }),
        zeroLine(theme),
        dots(points, theme, { x: abscissa, y: residualOf }, colour, "residual", {
          title: (point: Point) => `${point.name}: ${signedPercent(residualOf(point), 2)}`,
        }),
      ],
    },
    sheet,
  );
};

/** Points further off than this many standard deviations are named. */
const far = 2.5;
const mostNamed = 5;
/** Room that a name takes, in pixels: where several stand together, only the furthest off is named. */
const nameRoom = { x: 90, y: 15 };

interface Pixels {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly abscissa: Abscissa;
}

const outliers = (points: readonly Point[], spread: number, { x, y, abscissa }: Pixels): readonly Point[] => {
  const off = (point: Point) => Math.abs(residualOf(point));
  const kept: { readonly point: Point; readonly x: number; readonly y: number }[] = [];
  for (const point of points
    .filter((one) => spread > rounding && off(one) > far * spread)
    .sort((a, b) => off(b) - off(a))) {
    const at = { x: x(abscissa(point)), y: y(residualOf(point)) };
    const crowded = kept.some(
      (other) => Math.abs(other.x - at.x) < nameRoom.x && Math.abs(other.y - at.y) < nameRoom.y,
    );
    if (!crowded) kept.push({ point, ...at });
  }
  return kept.slice(0, mostNamed).map(({ point }) => point);
};
