import * as Plot from "@observablehq/plot";
import { chart, type Drawing, type FigureOptions, themeOf } from "../figures/chart.js";
import { given } from "../study/check.js";
import { bandMarks, bandWithin, curveMarks, splitAt } from "./band.js";
import { dotStyle } from "./dots.js";
import { askedModelMarks, frontierCurve, planeAxes } from "./plane.js";
import { sideOf } from "./side.js";
import type { NextRun, NextRunsFigureData } from "./types.js";

/** Radius whose area grows with the number of runs. */
const radius = (base: number) => (run: NextRun) => base * Math.sqrt(run.count);

/**
 * The next runs in the plane of compute and size: planned ones filled, an even grid of the same cost hollow, runs so far grey,
 * and the compute whose optimum they are to make certain, with the frontier.
 */
export const nextRunsDrawing = (data: NextRunsFigureData, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const { planned, evenGrid = [], runs = [], target } = data;
  const all = [...planned, ...evenGrid, ...runs];
  const { x, y } = planeAxes(
    {
      compute: [...all.map((run) => run.compute), target.compute],
      params: [...all.map((run) => run.params), ...(given(target.params) ? [target.params] : [])],
      ...(data.computeLabel !== undefined && { computeLabel: data.computeLabel }),
    },
    small,
    0.06,
  );
  const frontier = frontierCurve(data.frontier ?? []).filter(
    (point) => point.x >= x.domain[0] && point.x <= x.domain[1] && point.y >= y.domain[0] && point.y <= y.domain[1],
  );
  const known = runs.reduce((high, run) => Math.max(high, run.compute), 0);
  return chart(
    {
      description: `${planned.length} planned models against compute and model size, with the target compute.`,
      x,
      y,
      width,
      height: small ? 380 : 460,
      marginRight: 24,
      subtitle: subtitleOf(evenGrid.length > 0, runs.length > 0, small),
      labels: [
        {
          x: target.compute,
          y: target.params ?? y.domain[1],
          text: "target",
          color: theme.ink,
          side: sideOf(x, target.compute),
          bold: true,
        },
      ],
      marks: [
        Plot.ruleX([target.compute], { stroke: theme.muted, strokeDasharray: "2 3", className: "target" }),
        ...bandMarks(bandWithin(frontier, y.domain), theme.muted, "frontier-band"),
        ...curveMarks(splitAt(frontier, data.fittedTo ?? (known || Number.POSITIVE_INFINITY)), theme.ink, "frontier"),
        Plot.dot(runs, {
          x: "compute",
          y: "params",
          ...dotStyle(runs.length),
          fill: theme.muted,
          fillOpacity: 0.45,
          stroke: theme.surface,
          className: "run",
        }),
        Plot.dot(planned, {
          x: "compute",
          y: "params",
          r: radius(small ? 3.5 : 6),
          fill: theme.heldOut,
          fillOpacity: 0.85,
          stroke: theme.surface,
          strokeWidth: 1.25,
          className: "planned",
        }),
        Plot.dot(evenGrid, {
          x: "compute",
          y: "params",
          r: radius(small ? 3.5 : 4.5),
          fill: "none",
          stroke: theme.scale(0.35),
          strokeWidth: 1.75,
          className: "even",
        }),
        // On a phone the numbers would run into each other; the table below has them.
        Plot.text(
          planned.filter((run) => run.count > 1 && !small),
          {
            x: "compute",
            y: "params",
            text: (run: NextRun) => String(run.count),
            fill: theme.surface,
            fontSize: 10,
            fontWeight: 600,
            className: "times",
          },
        ),
        ...(given(target.params)
          ? askedModelMarks(
              [{ ...target, params: target.params }],
              { ...theme, heldOut: theme.ink },
              y.domain,
              x.domain,
            )
          : []),
      ],
    },
    options,
  );
};

const subtitleOf = (even: boolean, runs: boolean, small: boolean): string =>
  [
    small ? "orange: planned" : "orange: planned runs, with the number of seeds",
    even && (small ? "hollow: even grid" : "hollow: an even grid of the same allowance"),
    runs && (small ? "grey: runs" : "grey: runs so far"),
  ]
    .filter((words) => typeof words === "string")
    .join("; ");
