import {
  extent,
  type IsoFlop,
  type IsoFlopChoices,
  isInterior,
  profileCurve,
  quantityOf,
  type Run,
  spaced,
} from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { spread } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type Figure, figure } from "../chart/figure.js";
import { count, plural, scientific } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { diamonds, line } from "../chart/marks.js";
import { linearAxis, logAxis, quantities } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import type { Theme } from "../chart/theme.js";
import { onLogAxes, some } from "../error.js";
import { budgetsOf, colourOf, type DrawnBudget, isRefused, nameOf, verticesOf } from "./budgets.js";

/** Loss against size at equal compute. */
export interface EqualCompute {
  readonly budgets: readonly DrawnBudget[];
  readonly choices: IsoFlopChoices;
  /** Runs of a larger compute, which take no part in the fit. */
  readonly heldOut: readonly Run[];
}

/**
 * Loss against size (log) per budget: runs with their 95 % bars, what was fitted, its minimum. A budget without an interior minimum is
 * hollow and dashed, and called refused. Of very many runs an even sample is drawn.
 */
export const isoFlopFigure = (fit: IsoFlop, { heldOut = [] }: { readonly heldOut?: readonly Run[] } = {}): Figure =>
  equalComputeFigure({ budgets: budgetsOf(fit), choices: fit.choices, heldOut });

/** {@link isoFlopFigure} of budgets that may not be fitted yet. */
export const equalComputeFigure = (spec: EqualCompute): Figure => {
  const { budgets, choices, heldOut } = spec;
  const all = budgets.flatMap(({ runs }) => runs);
  some("runs", [...all, ...heldOut], "run to draw");
  for (const { runs } of budgets) onLogAxes("runs", runs, ["N", "D", "loss"]);
  const shown = new Set(sampled(all));
  const marked = budgets.map(
    (budget): Marked => ({
      ...budget,
      refused: isRefused(budget),
      curve: fittedCurve(budget, choices),
      marks: budget.runs.filter((run) => shown.has(run)).map(markOf(choices)),
    }),
  );
  const refused = marked.filter((budget) => budget.refused).length;
  const refusals = `${plural(refused, "budget")} without an interior minimum: hollow, dashed, not used.`;
  const caption = `Dots are runs, curves ${curveWords(choices)}, diamonds the minima, joined by the dotted line.${refused > 0 ? ` ${refusals}` : ""}${sampledNote(all)}`;
  return figure(caption, 760, (sheet) => isoFlopDrawing(marked, spec, heldOut.map(markOf(choices)), sheet));
};

/** Samples of a curve. */
const steps = 121;

/** What was fitted to one budget, between its smallest and largest run; nothing where its minimum was refused. */
const fittedCurve = ({ profile, runs }: DrawnBudget, choices: IsoFlopChoices): Marked["curve"] => {
  const fitted = profile && isInterior(profile) && profileCurve(profile, choices);
  if (!fitted) return [];
  return spaced(...extent(runs.map((run) => run[choices.axis])), steps).map((size) => ({ size, loss: fitted(size) }));
};

const curveWords = ({ optimum, scale, axis }: IsoFlopChoices): string => {
  const of = scale === "log" ? `of the logarithm, transformed back, in ln ${axis}` : `in ln ${axis}`;
  if (optimum === "akima") return `the Akima splines ${of}`;
  return `the fitted parabolas ${of}${optimum === "huber" ? ", by Huber's estimate" : ""}`;
};

/** A run as it is drawn. */
interface RunMark extends Pick<Run, "C"> {
  readonly size: number;
  readonly loss: number;
  readonly low: number;
  readonly high: number;
  readonly title: string;
}

const markOf =
  ({ axis, quantity }: IsoFlopChoices) =>
  (run: Run): RunMark => {
    const loss = quantityOf(run, quantity) ?? Number.NaN;
    const [low, high] = spread({ value: loss, standardError: quantity === "loss" ? (run.sigma ?? 0) : 0 });
    const title = `${nameOf(run)}\nN ${count(run.N)}, D ${count(run.D)}, ${quantity} ${loss.toFixed(4)}`;
    return { C: run.C, size: run[axis], loss, low, high, title };
  };

interface Marked extends DrawnBudget {
  readonly refused: boolean;
  readonly curve: readonly Pick<RunMark, "size" | "loss">[];
  readonly marks: readonly RunMark[];
}

const isoFlopDrawing = (
  budgets: readonly Marked[],
  { choices: { axis, quantity } }: EqualCompute,
  heldOut: readonly RunMark[],
  sheet: Sheet,
): Drawing => {
  const { theme, small } = sheet;
  const colour = colourOf(theme, budgets);
  const all = [...budgets.flatMap(({ marks }) => marks), ...heldOut];
  const vertices = verticesOf(budgets).map((vertex) => ({ ...vertex, size: vertex[axis] }));
  const losses = [
    ...all.flatMap(({ low, high }) => [low, high]),
    ...budgets.flatMap(({ curve }) => curve.map(({ loss }) => loss)),
  ];
  const sizes = all.map(({ size }) => size);
  const what = quantity === "loss" ? "validation loss" : quantity;
  const labels = [
    ...budgets.flatMap((budget) => budgetLabel(budget, colour(budget.C))),
    ...heldOutLabel(heldOut, theme),
  ];
  const longest = labels.reduce((most, { side, text }) => (side === "left" ? most : Math.max(most, text.length)), 4);
  return chart(
    {
      description: `IsoFLOP curves: ${what} against ${axis === "N" ? "parameters" : "tokens"} at ${budgets.length} compute budgets.`,
      x: logAxis(quantities[axis], sizes, small ? 5 : 9),
      y: linearAxis({ label: what }, losses, 7),
      height: small ? 400 : 480,
      marginRight: Math.min(longest * 7 + 14, small ? 96 : 130),
      subtitle: small
        ? "colour: compute budget, FLOPs"
        : `one colour per compute budget, in FLOPs${all.some(({ low, high }) => high > low) ? "; bars are 95 % intervals" : ""}`,
      labels,
      marks: [
        line(vertices, at, theme.muted, "optima-line", { strokeDasharray: "2 4" }),
        ...budgets.flatMap((budget) => budgetMarks(budget, colour(budget.C), theme)),
        ...runMarks(heldOut, theme.heldOut, theme, "held-out"),
        diamonds(vertices, theme, at, ({ C }) => colour(C), "vertex", { r: 6.5, strokeWidth: 1.75 }),
      ],
    },
    sheet,
  );
};

const budgetLabel = ({ C, refused, curve, marks }: Marked, color: string): PointLabel[] => {
  const end = curve.at(-1) ?? marks.at(-1);
  return end ? [{ x: end.size, y: end.loss, text: scientific(C) + (refused ? " refused" : ""), color }] : [];
};

const heldOutLabel = ([run]: readonly RunMark[], { heldOut: color }: Theme): PointLabel[] => {
  if (!run) return [];
  return [{ x: run.size, y: run.loss, text: `${scientific(run.C)} held out`, color, side: "left", bold: true }];
};

const at = { x: "size", y: "loss" } as const;

const budgetMarks = ({ refused, profile, curve, marks }: Marked, color: string, theme: Theme): Plot.Markish[] => {
  const guide = { strokeWidth: 1, strokeDasharray: "4 4" };
  return [
    refused || !profile
      ? line(marks, at, color, refused ? "refused" : "unfitted", guide)
      : line(curve, at, color, "parabola", { strokeWidth: 1.75 }),
    ...runMarks(marks, color, theme, "run", refused),
  ];
};

/** Points with their 95 % bars. */
const runMarks = (runs: readonly RunMark[], color: string, theme: Theme, name: string, hollow = false) => {
  const bar = { stroke: color, strokeWidth: 1.25, className: `${name}-bar` };
  const [fill, stroke] = hollow ? [theme.surface, color] : [color, theme.surface];
  return [
    Plot.ruleX(runs, { x: "size", y1: "low", y2: "high", ...bar }),
    Plot.dot(runs, { ...at, r: 3.75, fill, stroke, strokeWidth: 1.25, className: name, title: "title" }),
  ];
};
