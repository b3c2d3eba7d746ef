import { formOfLaw, type LawFit, type Run, residualSpread, type SurfaceFit, surfaceLoss } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { scaleOf, sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { logKey } from "../chart/colour-key.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type Figure, panels } from "../chart/figure.js";
import { signedPercent, significant } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { logRatio } from "../chart/log.js";
import { dots, type Point, zeroLine } from "../chart/marks.js";
import { type AxisQuantity, logAxis, percentAxis, quantities, valueText } from "../chart/quantity.js";
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
    .map((run) => ({ measured: run.loss, predicted: surfaceLoss(fit, run), at: run.C, N: run.N, name: run.name }));
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
  const sizes = points.flatMap(({ N }) => (N === undefined ? [] : [N]));
  const key = sizes.length > 0 ? logKey("model size N", sizes, (N) => valueText(quantities.N, N)) : undefined;
  const far = spread > rounding ? off.filter((point) => Math.abs(point.y) > farOff * spread) : [];
  const panel = (against: AxisQuantity, at: (point: Measured) => number) =>
    chart(({ theme, width, small }) => {
      const x = logAxis(against, points.map(at), small ? 4 : 6);
      const height = small ? 360 : 400;
      const band = { x1: x.domain[0], x2: x.domain[1], y1: -spread, y2: spread };
      const placed = (point: Residual) => ({ ...point, x: at(point) });
      const title = ({ name, y }: Residual) => `${name}: ${signedPercent(y, 2)}`;
      const colour = ({ N }: Measured) => theme.scale(key && N !== undefined ? key.share(N) : 0.5);
      return {
        description: `Residuals of ${points.length} runs in percent against ${x.label}.`,
        x,
        y,
        labels: outliers(far.map(placed), scaleOf(x, 0, width), scaleOf(y, height, 0)).map((point): PointLabel => {
          return { x: point.x, y: point.y, text: point.name, color: theme.muted, side: sideOf(x, point.x) };
        }),
        height,
        key,
        ...(spread > 0 && { subtitle: `grey: ±1 residual standard deviation, ${significant(100 * spread, 3)}\u00A0%` }),
        marks: [
          Plot.rect(spread > 0 ? [band] : [], { ...band, fill: theme.muted, fillOpacity: 0.14, className: "spread" }),
          zeroLine(theme),
          dots(off.map(placed), theme, colour, "residual", { title }),
        ],
      };
    });
  const description = `Residuals of ${points.length} runs, against the predicted ${quantity} and against ${at.label}.`;
  const drawings = [
    panel({ label: `predicted ${quantity}` }, ({ predicted }) => predicted),
    panel(at, (point) => point.at),
  ];
  return panels(caption, description, drawings, 1040, (width) => (width < 720 ? 1 : 2));
};

type Residual = Measured & Pick<Point, "y">;

/** Points further off than this many standard deviations are named. */
const farOff = 2.5;
const mostNamed = 5;
/** Room that a name takes, in pixels: where several stand together, only the furthest off is named. */
const nameRoom = { x: 90, y: 15 };

type ToPixels = (value: number) => number;

/** Those of the points to be named whose names do not touch. */
const outliers = <T extends Point>(far: readonly T[], toX: ToPixels, toY: ToPixels): T[] => {
  const kept: T[] = [];
  const touch = (a: Point, b: Point) =>
    Math.abs(toX(a.x) - toX(b.x)) < nameRoom.x && Math.abs(toY(a.y) - toY(b.y)) < nameRoom.y;
  for (const point of [...far].sort((a, b) => Math.abs(b.y) - Math.abs(a.y)))
    if (!kept.some((other) => touch(other, point))) kept.push(point);
  return kept.slice(0, mostNamed);
};
