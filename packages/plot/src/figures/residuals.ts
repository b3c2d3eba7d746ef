import { formOfLaw, type LawFit, type Run, residualSpread, type SurfaceFit, surfaceLoss } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf, sideOf } from "../chart/axis.js";
import { type ChartSpec, chart } from "../chart/chart.js";
import { logKey } from "../chart/colour-key.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type Figure, panels } from "../chart/figure.js";
import { signedPercent, significant } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { logRatio } from "../chart/log.js";
import { dots, type Point, zeroLine } from "../chart/marks.js";
import { type AxisQuantity, logAxis, percentAxis, quantities, valueText } from "../chart/quantity.js";
import type { Sheet } from "../chart/sheet.js";
import { onLogAxes, some } from "../error.js";
import { computeOf, inPlane } from "./plane.js";

/** Something that was measured, with what a fit says of it. */
interface Measured {
  readonly measured: number;
  readonly predicted: number;
  /** Abscissa: compute, or the x of a law. */
  readonly at: number;
  /** Model size, which the colour shows. */
  readonly N?: number;
  readonly name: string;
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
  const { quantity, residualStandardDeviation } = fit;
  some("runs", points, "run");
  return residuals(points, computeOf(fit), quantity, residualStandardDeviation, caption + sampledNote(runs));
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
  some("points", points, "point");
  return residuals(sampled(points), { label: x }, quantity, residualSpread(fit), caption);
};

/** Residuals below this are those of exact data. */
const rounding = 1e-6;

/** @param deviation of ln(measured / predicted), as the fit states it; NaN or 0 where it is not known */
const residuals = (
  points: readonly Measured[],
  at: AxisQuantity,
  quantity: string,
  deviation: number,
  caption: string,
): Figure => {
  onLogAxes("runs", points, ["at", "measured", "predicted"]);
  const off = points.map((point) => ({ ...point, y: logRatio(point.measured, point.predicted) }));
  const spread = deviation || 0;
  const values = [0, -spread, spread, ...off.map(({ y }) => y)];
  // Without this the axis of a fit of exact data would be about rounding.
  const exact = values.every((value) => Math.abs(value) < rounding);
  const y = percentAxis("ln(measured / predicted), %", exact ? [-1e-4, 1e-4] : values, 7, 0.1);
  const panel = (against: AxisQuantity, key: "at" | "predicted") => {
    const placed = off.map((point) => ({ ...point, x: point[key] }));
    return chart((sheet) => residualChart(placed, spread, against, y, sheet));
  };
  const description = `Residuals of ${points.length} runs, against the predicted ${quantity} and against ${at.label}.`;
  const drawings = [panel({ label: `predicted ${quantity}` }, "predicted"), panel(at, "at")];
  return panels(caption, description, drawings, 1040, (width) => (width < 720 ? 1 : 2));
};

/** A residual in its panel. */
type Residual = Measured & Point;

const residualChart = (
  points: readonly Residual[],
  spread: number,
  against: AxisQuantity,
  y: Axis,
  { theme, width, small }: Sheet,
): ChartSpec => {
  const x = logAxis(
    against,
    points.map((point) => point.x),
    small ? 4 : 6,
  );
  const sizes = points.flatMap(({ N }) => (N === undefined ? [] : [N]));
  const key = sizes.length > 0 ? logKey("model size N", sizes, (N) => valueText(quantities.N, N)) : undefined;
  const colour = ({ N }: Residual) => theme.scale(key && N !== undefined ? key.share(N) : 0.5);
  const height = small ? 360 : 400;
  const band = { x1: x.domain[0], x2: x.domain[1], y1: -spread, y2: spread };
  const [toX, toY] = [scaleOf(x, 0, width), scaleOf(y, height, 0)];
  const far = spread > rounding ? points.filter((point) => Math.abs(point.y) > farOff * spread) : [];
  const named = outliers(far, (a, b) => Math.abs(toX(a.x) - toX(b.x)) < 90 && Math.abs(toY(a.y) - toY(b.y)) < 15);
  return {
    description: `Residuals of ${points.length} runs in percent against ${x.label}.`,
    x,
    y,
    labels: named.map(
      (point): PointLabel => ({
        x: point.x,
        y: point.y,
        text: point.name,
        color: theme.muted,
        side: sideOf(x, point.x),
      }),
    ),
    height,
    key,
    ...(spread > 0 && {
      subtitle: `grey: ±1 residual standard deviation, ${significant(100 * spread, 3)}\u00A0%`,
    }),
    marks: [
      Plot.rect(spread > 0 ? [band] : [], { ...band, fill: theme.muted, fillOpacity: 0.14, className: "spread" }),
      zeroLine(theme),
      dots(points, theme, colour, "residual", {
        title: (point: Residual) => `${point.name}: ${signedPercent(point.y, 2)}`,
      }),
    ],
  };
};

/** Points further off than this many standard deviations are named. */
const farOff = 2.5;
const mostNamed = 5;

/** Points to be named, the furthest off first; where names would touch, only the first of them. */
const outliers = (far: readonly Residual[], touch: (a: Residual, b: Residual) => boolean): readonly Residual[] => {
  const kept: Residual[] = [];
  for (const point of [...far].sort((a, b) => Math.abs(b.y) - Math.abs(a.y)))
    if (!kept.some((other) => touch(other, point))) kept.push(point);
  return kept.slice(0, mostNamed);
};
