import {
  computeRule,
  extent,
  type FitPrediction,
  frontier,
  type Interval,
  type PredictableSurface,
  type Run,
  spaced,
  surfaceLoss,
} from "@isoflop/scaling";
import { sideOf } from "../chart/axis.js";
import { type ChartSpec, chart } from "../chart/chart.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type CurvePoint, curveMarks } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { listed, loss as lossText, scientific, significant } from "../chart/format.js";
import { known } from "../chart/interval.js";
import { logRatio } from "../chart/log.js";
import { dots, line } from "../chart/marks.js";
import type { Look } from "../chart/sheet.js";
import { onLogAxes, some } from "../error.js";
import { contourLabels } from "./contour-labels.js";
import { contours, type LogGrid } from "./contours.js";
import { beyond } from "./law-panel.js";
import { levelKey, lossLevels } from "./levels.js";
import {
  along,
  askedModelMarks,
  computeOf,
  frontierStyle,
  inFrame,
  inPlane,
  type PlaneRun,
  placed,
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
  fit: PredictableSurface,
  runs: readonly Run[],
  { asked: predictions = [] }: SurfaceFigureOptions = {},
): Figure => {
  const asked = predictions.flatMap((prediction) => askedModel(prediction));
  some("runs", [...runs, ...asked], "run, or model that is asked about,");
  const drawn = sampled(runs).flatMap(inPlane(fit));
  onLogAxes("runs", drawn, ["C", "N", "loss"]);
  const plane = planeOf(fit, drawn, asked);
  const caption = predictions.length > 0 ? askedCaption(plane) : captionOf(plane);
  const drawing = chart((look) => surfaceChart(plane, look));
  return figure(caption + sampledNote(runs), drawing);
};

const captionOf = ({ fit, optima }: Plane): string =>
  `Contours of the fitted ${fit.quantity} at equal steps along the frontier; dots are the runs, coloured by what was measured: a dot between two contours of its own colours agrees with the fit. Thick: the compute-optimal size under ${computeRule(fit)} with its pointwise 95 % band, dashed beyond the largest run.${optima.length > 0 ? "" : " This surface has no optimum, so there is no frontier."}`;

const askedCaption = ({ fit, runs }: Plane): string =>
  `Contours of the fitted ${fit.quantity}. Thick: the compute-optimal size with its 95 % band. Diamonds: what was asked, with 95 % intervals.${runs.length > 0 ? "" : " There are no runs, so where they end is not shown."}`;

/** Where a prediction stands in the plane. */
const askedModel = ({ given, predicted }: FitPrediction) => {
  const C = given.C ?? predicted.C?.value;
  const N = given.N ?? predicted.N?.value;
  if (C === undefined || N === undefined) return [];
  const loss = given.loss ?? predicted.loss?.value;
  const label = loss === undefined ? scientific(C) : significant(loss);
  return [{ C, N, label, across: known(predicted.C?.ci95), up: known(predicted.N?.ci95) }];
};

type AskedOfSurface = ReturnType<typeof askedModel>[number];

/** A fitted surface over the part of the plane that is drawn. */
interface Plane {
  readonly fit: PredictableSurface;
  readonly grid: LogGrid;
  readonly runs: readonly PlaneRun[];
  readonly optima: readonly CurvePoint[];
  readonly asked: readonly AskedOfSurface[];
}

const steps = 81;
/** Share of the logarithmic range by which the plane is wider than its runs. */
const margin = 0.05;

/** The surface over a plane that holds everything, a decade beyond the largest run. */
const planeOf = (fit: PredictableSurface, runs: readonly PlaneRun[], asked: readonly AskedOfSurface[]): Plane => {
  // Without runs there is no scale but the questions' own.
  const around = runs.length > 0 ? 1 : beyond;
  const [from, to] = widened([
    ...runs.flatMap(({ C }) => [C, beyond * C]),
    ...asked.flatMap(({ C, across = [C, C] }) => [C, ...across]).flatMap((C) => [C / around, C * around]),
  ]);
  const best = frontier(fit, [from, to]).map(({ N }) => N.value);
  const sizes = [...runs.map(({ N }) => N), ...asked.flatMap(({ N, up = [N, N] }) => [N, ...up])];
  const [x, y] = [spaced(from, to, steps), spaced(...widened([...sizes, ...best]), steps)];
  const value = x.map((C) => y.map((N) => surfaceLoss(fit, { N, D: C / (fit.flopsPerToken * N) })));
  return { fit, grid: { x, y, value }, runs, optima: along(frontier(fit, x), "N"), asked };
};

/** The range of values and a margin; a factor of ten around one value alone. */
const widened = (values: readonly number[]): Interval => {
  const [low, high] = extent(values);
  const room = high > low * 1.01 ? Math.exp(logRatio(high, low) * margin) : 10;
  return [Math.max(low / room, Number.MIN_VALUE), Math.min(high * room, Number.MAX_VALUE)];
};

const surfaceChart = ({ fit, grid, runs, ...plane }: Plane, { theme, width, small }: Look): ChartSpec => {
  const { quantity } = fit;
  const corners = [0, steps - 1].map((i) => ({ C: grid.x[i]!, N: grid.y[i]! }));
  const axes = planeAxes(computeOf(fit), [...corners, ...runs], small, 0);
  const { x, y } = axes;
  const highest = runs.reduce((high, { loss }) => Math.max(high, loss), 0);
  const levels = lossLevels(grid.value, small ? 6 : 9, highest);
  const key = levelKey(levels, quantity);
  const colour = (loss: number) => theme.scale(key.share(loss));
  const drawn = key.ticks.map(({ value, text }) => ({ text, color: colour(value), lines: contours(grid, value) }));
  const optima = inFrame(plane.optima, axes);
  const [dotted, asked] = [placed(runs), placed(plane.asked)];
  return {
    description: `Contours of the fitted ${quantity} against compute and model size, with ${runs.length} runs.`,
    x,
    y,
    height: small ? 420 : Math.round(Math.min(width * 0.62, 640)),
    marginRight: 20,
    key,
    labels: asked.map(({ x: C, y: N, label }) => {
      const side = sideOf(x, C);
      // The frontier rises: to the left of it there is room above, to the right below.
      return { x: C, y: N, text: label, color: theme.heldOut, bold: true, side, lift: side === "left" ? 14 : -14 };
    }),
    subtitle: listed(
      small ? "lines: fit" : `lines: fitted ${quantity}`,
      runs.length > 0 && (small ? "dots: runs" : `dots: measured ${quantity} of the runs, on the same scale`),
      optima.length > 0 && (small ? "thick: N*" : "thick: compute-optimal size"),
    ),
    annotations: (frame) => contourLabels(drawn, [...dotted, ...asked, ...optima], frame),
    marks: [
      ...drawn.flatMap(({ lines, color }) => lines.map((points) => line(points, color, "contour"))),
      ...curveMarks(optima, frontierStyle(runs, y, theme)),
      dots(dotted, theme, ({ loss }) => colour(loss), "run", {
        title: ({ name, loss }: PlaneRun) => `${name}: ${quantity} ${lossText(loss)}`,
      }),
      ...askedModelMarks(asked, axes, theme),
    ],
  };
};
