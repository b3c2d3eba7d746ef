import {
  extent,
  type FitPrediction,
  frontier,
  type Interval,
  type Run,
  type SurfaceFit,
  spaced,
  surfaceLoss,
} from "@isoflop/scaling";
import { sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type CurvePoint, curveMarks } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { listed, loss as lossText, scientific, significant } from "../chart/format.js";
import { known } from "../chart/interval.js";
import { logRatio } from "../chart/log.js";
import { dots, line, xy } from "../chart/marks.js";
import type { AxisQuantity } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { onLogAxes, some } from "../error.js";
import { contourLabels } from "./contour-labels.js";
import { contours } from "./contours.js";
import { beyond } from "./law-panel.js";
import { levelFormat, levelKey, lossLevels } from "./levels.js";
import {
  type AskedModel,
  along,
  askedModelMarks,
  computeOf,
  computeRule,
  frontierStyle,
  inCN,
  inFrame,
  inPlane,
  type Model,
  type PlaneRun,
  planeAxes,
} from "./plane.js";

export interface SurfaceFigureOptions {
  /** Predictions of the surface. */
  readonly asked?: readonly FitPrediction[];
}

/**
 * Contours of a fitted loss in the plane of compute and size, where they open to the right and turn exactly on the compute-optimal
 * frontier (Hoffmann et al. 2022, fig. 4); in the plane of N and D the frontier is only where two families of curves touch. Runs are
 * dots on the same scale of colour; of very many an even sample is drawn.
 */
export const surfaceFigure = (
  fit: SurfaceFit,
  runs: readonly Run[],
  { asked = [] }: SurfaceFigureOptions = {},
): Figure => {
  const models = asked.flatMap((prediction) => askedModel(prediction));
  some("runs", [...runs, ...models], "run, or model that is asked about,");
  const drawn = sampled(runs).flatMap(inPlane(fit));
  onLogAxes("runs", drawn, ["C", "N", "loss"]);
  const plane = planeOf(fit, drawn, models);
  const caption = asked.length > 0 ? askedCaption(plane) : captionOf(plane, fit);
  return figure(caption + sampledNote(runs), 760, (sheet) => surfaceDrawing(plane, sheet));
};

const captionOf = ({ quantity, frontier }: Plane, fit: SurfaceFit): string =>
  `Contours of the fitted ${quantity} at equal steps along the frontier; dots are the runs, coloured by what was measured: a dot between two contours of its own colours agrees with the fit. Thick: the compute-optimal size under ${computeRule(fit)} with its pointwise 95 % band, dashed beyond the largest run.${frontier.length > 0 ? "" : " This surface has no optimum, so there is no frontier."}`;

const askedCaption = ({ quantity, runs }: Plane): string =>
  `Contours of the fitted ${quantity}. Thick: the compute-optimal size with its 95 % band. Diamonds: what was asked, with 95 % intervals.${runs.length > 0 ? "" : " There are no runs, so where they end is not shown."}`;

/** Where a prediction stands in the plane. */
const askedModel = ({ given, predicted }: FitPrediction): AskedModel[] => {
  const C = given.C ?? predicted.C?.value;
  const N = given.N ?? predicted.N?.value;
  if (C === undefined || N === undefined) return [];
  const loss = given.loss ?? predicted.loss?.value;
  const [across, up] = [known(predicted.C?.ci95), known(predicted.N?.ci95)];
  const label = loss === undefined ? scientific(C) : significant(loss);
  return [{ C, N, label, ...(across && { across }), ...(up && { up }) }];
};

/** A fitted surface over the part of the plane that is drawn. */
interface Plane {
  readonly grid: {
    readonly C: readonly number[];
    readonly N: readonly number[];
    readonly loss: readonly (readonly number[])[];
  };
  readonly runs: readonly PlaneRun[];
  readonly frontier: readonly CurvePoint[];
  readonly asked: readonly AskedModel[];
  readonly compute: AxisQuantity;
  readonly quantity: string;
}

const steps = 81;
/** Share of the logarithmic range by which the plane is wider than its runs. */
const margin = 0.05;

/** The surface over a plane that holds everything, a decade beyond the largest run. */
const planeOf = (fit: SurfaceFit, runs: readonly PlaneRun[], asked: readonly AskedModel[]): Plane => {
  // Without runs there is no scale but the questions' own.
  const around = runs.length > 0 ? 1 : beyond;
  const [from, to] = widened([
    ...runs.flatMap(({ C }) => [C, beyond * C]),
    ...asked.flatMap(({ C, across = [C, C] }) => [C, ...across]).flatMap((C) => [C / around, C * around]),
  ]);
  const optima = frontier(fit, [from, to]).map(({ N }) => N.value);
  const sizes = [...runs.map(({ N }) => N), ...asked.flatMap(({ N, up = [N, N] }) => [N, ...up])];
  const N = spaced(...widened([...sizes, ...optima]), steps);
  const C = spaced(from, to, steps);
  return {
    grid: { C, N, loss: C.map((c) => N.map((n) => surfaceLoss(fit, { N: n, D: c / (fit.flopsPerToken * n) }))) },
    runs,
    frontier: along(frontier(fit, C), "N"),
    asked,
    compute: computeOf(fit),
    quantity: fit.quantity,
  };
};

/** The range of values and a margin; a factor of ten around one value alone. */
const widened = (values: readonly number[]): Interval => {
  const [low, high] = extent(values);
  const room = high > low * 1.01 ? Math.exp(logRatio(high, low) * margin) : 10;
  return [Math.max(low / room, Number.MIN_VALUE), Math.min(high * room, Number.MAX_VALUE)];
};

const surfaceDrawing = (plane: Plane, sheet: Sheet): Drawing => {
  const { theme, width, small } = sheet;
  const { grid, runs, asked, quantity } = plane;
  const corners = [0, steps - 1].map((i): Model => ({ C: grid.C[i]!, N: grid.N[i]! }));
  const axes = planeAxes(plane.compute, [...corners, ...runs], small, 0);
  const { x, y } = axes;
  const highest = runs.reduce((high, { loss }) => Math.max(high, loss), 0);
  const levels = lossLevels(grid.loss, small ? 6 : 9, highest);
  const format = levelFormat(levels);
  const key = levelKey(levels, quantity);
  const colour = (loss: number) => theme.scale(key.share(loss));
  const drawn = levels.map((level) => ({
    text: format(level),
    color: colour(level),
    lines: contours({ x: grid.C, y: grid.N, value: grid.loss }, level),
  }));
  const optima = inFrame(plane.frontier, x, y);
  return chart(
    {
      description: `Contours of the fitted ${quantity} against compute and model size, with ${runs.length} runs.`,
      x,
      y,
      height: small ? 420 : Math.round(Math.min(width * 0.62, 640)),
      marginRight: 20,
      key,
      labels: asked.map(({ C, N, label = "" }) => {
        const side = sideOf(x, C);
        // The frontier rises: to the left of it there is room above, to the right below.
        return { x: C, y: N, text: label, color: theme.heldOut, bold: true, side, lift: side === "left" ? 14 : -14 };
      }),
      subtitle: listed(
        small ? "lines: fit" : `lines: fitted ${quantity}`,
        runs.length > 0 && (small ? "dots: runs" : `dots: measured ${quantity} of the runs, on the same scale`),
        optima.length > 0 && (small ? "thick: N*" : "thick: compute-optimal size"),
      ),
      annotations: (frame) =>
        contourLabels(drawn, [...[...runs, ...asked].map(({ C, N }) => ({ x: C, y: N })), ...optima], frame),
      marks: [
        ...drawn.flatMap(({ lines, color }) => lines.map((points) => line(points, xy, color, "contour"))),
        ...curveMarks(optima, frontierStyle(runs, y, theme)),
        dots(runs, theme, inCN, ({ loss }) => colour(loss), "run", {
          title: ({ name, loss }: PlaneRun) => `${name}: ${quantity} ${lossText(loss)}`,
        }),
        ...askedModelMarks(asked, axes, theme),
      ],
    },
    sheet,
  );
};
