import * as Plot from "@observablehq/plot";
import { count, scientific } from "../format.js";
import type { Run, StudyNumbers } from "../study/types.js";
import { axis, lossAxis } from "./axis.js";
import { type Budget, budgetsOf, colourOf, heldOutRuns, interiorOptima } from "./budgets.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "./chart.js";
import { parabola } from "./parabola.js";

/** Half width of a 95 % interval in standard errors. */
export const z95 = 1.959964;

/**
 * Validation loss against model size (log), one curve per budget: runs with 95 % bars, the fitted parabola, its vertex.
 * A budget without an interior minimum is drawn hollow and dashed, and labelled as refused.
 */
export function isoFlopDrawing(study: StudyNumbers, options: FigureOptions): Drawing {
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const budgets = budgetsOf(study);
  const colour = colourOf(theme, budgets);
  const heldOut = heldOutRuns(study);
  const all = [...budgets.flatMap((budget) => budget.runs), ...heldOut];
  const curves = budgets.map((entry) => ({ entry, points: entry.optimum ? parabola(entry.optimum, entry.runs) : [] }));
  const vertices = interiorOptima(budgets);
  const losses = [
    ...all.flatMap((run) => [run.loss - z95 * run.lossStdErr, run.loss + z95 * run.lossStdErr]),
    ...curves.flatMap(({ points }) => points.map((point) => point.loss)),
  ];
  const x = axis({
    label: "model size N, parameters (log)",
    values: all.map((run) => run.params),
    type: "log",
    format: (v) => count(v),
    ticks: small ? 5 : 9,
  });
  const y = lossAxis({ label: "validation loss", values: losses, type: "linear", ticks: 7 });

  const marks: Plot.Markish[] = [
    Plot.line(vertices, {
      x: "params",
      y: "loss",
      stroke: theme.muted,
      strokeDasharray: "2 4",
      strokeWidth: 1.25,
      className: "optima-line",
    }),
    ...curves.flatMap(({ entry, points }) => budgetMarks(entry, points, colour(entry.budget), theme.surface)),
    ...runMarks(heldOut, theme.heldOut, theme.surface, "held-out"),
    Plot.dot(vertices, {
      x: "params",
      y: "loss",
      symbol: "diamond2",
      r: 6.5,
      fill: (d: { budget: number }) => colour(d.budget),
      stroke: theme.surface,
      strokeWidth: 1.75,
      className: "vertex",
    }),
  ];
  const labels: PointLabel[] = curves.map(({ entry, points }) => {
    const end = points.at(-1) ?? entry.runs.at(-1)!;
    const refused = entry.optimum && !entry.optimum.interior;
    return {
      x: end.params,
      y: end.loss,
      text: scientific(entry.budget) + (refused ? " refused" : ""),
      color: colour(entry.budget),
    };
  });
  if (heldOut[0]) {
    labels.push({
      x: heldOut[0].params,
      y: heldOut[0].loss,
      text: `${scientific(heldOut[0].budget)} held out`,
      color: theme.heldOut,
      side: "left",
      bold: true,
    });
  }
  const longest = Math.max(...labels.filter((label) => label.side !== "left").map((label) => label.text.length), 4);
  return chart(
    {
      description: `IsoFLOP curves: validation loss against parameters at ${budgets.length} compute budgets.`,
      x,
      y,
      marks,
      labels,
      width,
      height: small ? 400 : 480,
      marginRight: Math.min(longest * 7 + 14, small ? 96 : 130),
      subtitle: small
        ? "colour: compute budget, FLOPs"
        : "one colour per compute budget, in FLOPs; bars are 95 % intervals",
    },
    options,
  );
}

function budgetMarks(
  { optimum, runs }: Budget,
  points: readonly { params: number; loss: number }[],
  color: string,
  surface: string,
): Plot.Markish[] {
  const refused = optimum !== undefined && !optimum.interior;
  const guide = { x: "params", y: "loss", stroke: color } as const;
  return [
    refused || !optimum
      ? Plot.line(runs, {
          ...guide,
          strokeWidth: 1,
          strokeDasharray: "4 4",
          className: refused ? "refused" : "unfitted",
        })
      : Plot.line(points, { ...guide, strokeWidth: 1.75, className: "parabola" }),
    ...runMarks(runs, color, surface, "run", refused),
  ];
}

/** Points with their 95 % bars. */
export function runMarks(
  runs: readonly Run[],
  color: string,
  surface: string,
  className: string,
  hollow = false,
): Plot.Markish[] {
  if (runs.length === 0) return [];
  return [
    Plot.ruleX(runs, {
      x: "params",
      y1: (run: Run) => run.loss - z95 * run.lossStdErr,
      y2: (run: Run) => run.loss + z95 * run.lossStdErr,
      stroke: color,
      strokeWidth: 1.25,
      className: `${className}-bar`,
    }),
    Plot.dot(runs, {
      x: "params",
      y: "loss",
      r: 3.75,
      fill: hollow ? surface : color,
      stroke: hollow ? color : surface,
      strokeWidth: 1.25,
      className,
      title: (run: Run) => `${run.id}\nN ${count(run.params)}, D ${count(run.tokens)}, loss ${run.loss.toFixed(4)}`,
    }),
  ];
}
