import * as Plot from "@observablehq/plot";
import type { Axis } from "../figures/axis.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "../figures/chart.js";
import { loss as lossText } from "../format.js";
import { bandMarks, bandWithin, curveMarks, splitAt } from "./band.js";
import { contourLabels } from "./contour-labels.js";
import { contours } from "./contours.js";
import { dotStyle } from "./dots.js";
import { levelFormat, levelKey, lossLevels } from "./levels.js";
import { askedModelMarks, frontierCurve, planeAxes } from "./plane.js";
import { sideOf } from "./side.js";
import type { FitRun, SurfaceFigureData } from "./types.js";

/**
 * Contours of a fitted loss in the plane of compute and size, where they open to the right and turn exactly on the
 * compute-optimal frontier (Hoffmann et al. 2022, fig. 4); in the plane of N and D the frontier is only where two families of
 * curves touch. Runs are dots on the same scale of colour.
 */
export const surfaceDrawing = (data: SurfaceFigureData, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const { grid, runs = [], asked = [], quantity = "loss" } = data;
  const { x, y } = planeAxes(
    {
      compute: [grid.compute[0]!, grid.compute.at(-1)!, ...runs.map((run) => run.compute)],
      params: [grid.params[0]!, grid.params.at(-1)!, ...runs.map((run) => run.params)],
      ...(data.computeLabel !== undefined && { computeLabel: data.computeLabel }),
    },
    small,
  );
  const levels = lossLevels(
    grid.loss,
    small ? 6 : 9,
    runs.reduce((high, run) => Math.max(high, run.loss), 0),
  );
  const format = levelFormat(levels);
  const key = levelKey(levels, quantity);
  const colour = (loss: number) => theme.scale(key.share(loss));
  const drawn = levels.map((level) => ({
    text: format(level),
    color: colour(level),
    lines: contours({ x: grid.compute, y: grid.params, value: grid.loss }, level),
  }));
  const frontier = frontierCurve(data.frontier ?? []).filter((point) => within(x, point.x) && within(y, point.y));
  const reach = data.fittedTo ?? largest(runs);
  const dots = dotStyle(runs.length);
  const labels: PointLabel[] = asked.map((model) => ({
    x: model.compute,
    y: model.params,
    text: model.label,
    color: theme.heldOut,
    bold: true,
    side: sideOf(x, model.compute),
    // The frontier rises: to the left of it there is room above, to the right below.
    lift: sideOf(x, model.compute) === "left" ? 14 : -14,
  }));
  return chart(
    {
      description: `Contours of the fitted ${quantity} against compute and model size, with ${runs.length} runs.`,
      x,
      y,
      width,
      height: small ? 420 : Math.round(Math.min(width * 0.62, 640)),
      marginRight: 20,
      key,
      labels,
      subtitle: subtitleOf(quantity, runs.length, frontier.length > 0, small),
      annotations: (frame) =>
        contourLabels(
          drawn,
          [
            ...runs.map((run) => ({ x: run.compute, y: run.params })),
            ...frontier,
            ...asked.map((model) => ({ x: model.compute, y: model.params })),
          ],
          frame,
        ),
      marks: [
        ...drawn.flatMap(({ lines, color }) =>
          lines.map((line) =>
            Plot.line(line, { x: "x", y: "y", stroke: color, strokeWidth: 1.25, className: "contour" }),
          ),
        ),
        ...bandMarks(bandWithin(frontier, y.domain), theme.muted, "frontier-band"),
        ...curveMarks(splitAt(frontier, reach), theme.ink, "frontier"),
        Plot.dot(runs, {
          x: "compute",
          y: "params",
          ...dots,
          fill: (run: FitRun) => colour(run.loss),
          stroke: theme.surface,
          className: "run",
          title: (run: FitRun) => `${run.label ?? "run"}: ${quantity} ${lossText(run.loss)}`,
        }),
        ...askedModelMarks(asked, theme, y.domain, x.domain),
      ],
    },
    options,
  );
};

const within = ({ domain: [low, high] }: Axis, value: number): boolean =>
  value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);

const largest = (runs: readonly FitRun[]): number =>
  runs.length > 0 ? runs.reduce((high, run) => Math.max(high, run.compute), 0) : Number.POSITIVE_INFINITY;

const subtitleOf = (quantity: string, runs: number, frontier: boolean, small: boolean): string =>
  [
    small ? "lines: fit" : `lines: fitted ${quantity}`,
    runs > 0 && (small ? "dots: runs" : `dots: measured ${quantity} of the runs, on the same scale`),
    frontier && (small ? "thick: N*" : "thick: compute-optimal size"),
  ]
    .filter((words) => typeof words === "string")
    .join("; ");
