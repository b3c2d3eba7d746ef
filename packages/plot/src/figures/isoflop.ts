import * as Plot from "@observablehq/plot";
import { count, scientific } from "../format.js";
import type { Run, StudyNumbers } from "../study/types.js";
import { axis, lossAxis } from "./axis.js";
import { type Budget, budgetsOf, colourOf, heldOutRuns, interiorOptima } from "./budgets.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "./chart.js";
import { type CurvePoint, isoFlopCurve, type SizeName } from "./parabola.js";

/** Half width of a 95 % interval in standard errors. */
export const z95 = 1.959964;

export interface IsoFlopFigureOptions extends FigureOptions {
  /** What the minimum was sought in, and stands on the axis: model size by default, or training tokens. */
  readonly size?: SizeName;
  /** What was minimised; "validation loss" by default. */
  readonly quantity?: string;
}

/**
 * Validation loss against model size (log), one curve per budget: runs with 95 % bars, the fitted parabola, its vertex.
 * A budget without an interior minimum is drawn hollow and dashed, and labelled as refused.
 */
export const isoFlopDrawing = (study: StudyNumbers, options: IsoFlopFigureOptions): Drawing => {
  const { size = "params", quantity = "validation loss" } = options;
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const budgets = budgetsOf(study, size);
  const colour = colourOf(theme, budgets);
  const heldOut = heldOutRuns(study);
  const all = [...budgets.flatMap((budget) => budget.runs), ...heldOut];
  const curves = budgets.map((entry) => ({
    entry,
    points: entry.optimum ? isoFlopCurve(entry.optimum, entry.runs, size) : [],
  }));
  const vertices = interiorOptima(budgets);
  const losses = [
    ...all.flatMap((run) => [run.loss - z95 * run.lossStdErr, run.loss + z95 * run.lossStdErr]),
    ...curves.flatMap(({ points }) => points.map((point) => point.loss)),
  ];
  const x = axis({
    label: size === "params" ? "model size N, parameters (log)" : `data D, ${options.tokenUnit ?? "tokens"} (log)`,
    values: all.map((run) => run[size]),
    type: "log",
    format: (v) => count(v),
    ticks: small ? 5 : 9,
  });
  const y = lossAxis({ label: quantity, values: losses, type: "linear", ticks: 7 });

  const marks: Plot.Markish[] = [
    Plot.line(vertices, {
      x: size,
      y: "loss",
      stroke: theme.muted,
      strokeDasharray: "2 4",
      strokeWidth: 1.25,
      className: "optima-line",
    }),
    ...curves.flatMap(({ entry, points }) => budgetMarks(entry, points, size, colour(entry.budget), theme.surface)),
    ...runMarks(heldOut, size, theme.heldOut, theme.surface, "held-out"),
    Plot.dot(vertices, {
      x: size,
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
    const last = entry.runs.at(-1)!;
    const end = points.at(-1) ?? { size: last[size], loss: last.loss };
    const refused = entry.optimum && !entry.optimum.interior;
    return {
      x: end.size,
      y: end.loss,
      text: scientific(entry.budget) + (refused ? " refused" : ""),
      color: colour(entry.budget),
    };
  });
  if (heldOut[0]) {
    labels.push({
      x: heldOut[0][size],
      y: heldOut[0].loss,
      text: `${scientific(heldOut[0].budget)} held out`,
      color: theme.heldOut,
      side: "left",
      bold: true,
    });
  }
  const longest = labels.reduce((most, { side, text }) => (side === "left" ? most : Math.max(most, text.length)), 4);
  return chart(
    {
      description: `IsoFLOP curves: ${quantity} against ${size === "params" ? "parameters" : "tokens"} at ${budgets.length} compute budgets.`,
      x,
      y,
      marks,
      labels,
      width,
      height: small ? 400 : 480,
      marginRight: Math.min(longest * 7 + 14, small ? 96 : 130),
      subtitle: small
        ? "colour: compute budget, FLOPs"
        : `one colour per compute budget, in FLOPs${all.some((run) => run.lossStdErr > 0) ? "; bars are 95 % intervals" : ""}`,
    },
    options,
  );
};

const budgetMarks = (
  { optimum, runs }: Budget,
  points: readonly CurvePoint[],
  size: SizeName,
  color: string,
  surface: string,
): Plot.Markish[] => {
  const refused = optimum !== undefined && !optimum.interior;
  const guide = { y: "loss", stroke: color } as const;
  return [
    refused || !optimum
      ? Plot.line(runs, {
          ...guide,
          x: size,
          strokeWidth: 1,
          strokeDasharray: "4 4",
          className: refused ? "refused" : "unfitted",
        })
      : Plot.line(points, { ...guide, x: "size", strokeWidth: 1.75, className: "parabola" }),
    ...runMarks(runs, size, color, surface, "run", refused),
  ];
};

/** Points with their 95 % bars. */
const runMarks = (
  runs: readonly Run[],
  size: SizeName,
  color: string,
  surface: string,
  className: string,
  hollow = false,
): Plot.Markish[] => {
  if (runs.length === 0) return [];
  return [
    Plot.ruleX(runs, {
      x: size,
      y1: (run: Run) => run.loss - z95 * run.lossStdErr,
      y2: (run: Run) => run.loss + z95 * run.lossStdErr,
      stroke: color,
      strokeWidth: 1.25,
      className: `${className}-bar`,
    }),
    Plot.dot(runs, {
      x: size,
      y: "loss",
      r: 3.75,
      fill: hollow ? surface : color,
      stroke: hollow ? color : surface,
      strokeWidth: 1.25,
      className,
      title: (run: Run) => `${run.id}\nN ${count(run.params)}, D ${count(run.tokens)}, loss ${run.loss.toFixed(4)}`,
    }),
  ];
};
