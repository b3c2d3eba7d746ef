import {
  extent,
  type IsoFlop,
  type IsoFlopChoices,
  isInterior,
  optimumMethods,
  profileCurve,
  quantityError,
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
import { barsUp, diamonds, line, type Point, rings } from "../chart/marks.js";
import { linearAxis, logAxis, quantities } from "../chart/quantity.js";
import type { Theme } from "../chart/theme.js";
import { onLogAxes, some } from "../error.js";
import { budgetsOf, colourOf, type DrawnBudget, isRefused, nameOf, verticesOf } from "./budgets.js";
import type { HeldOutCurve } from "./held-out-curve.js";

/**
 * Loss against size (log) per budget: runs with their 95 % bars, what was fitted, its minimum. A budget without an interior minimum is
 * hollow and dashed, and called refused. Of very many runs an even sample is drawn.
 */
export const isoFlopFigure = (fit: IsoFlop, { heldOut = [] }: { readonly heldOut?: readonly Run[] } = {}): Figure =>
  equalComputeFigure(budgetsOf(fit), fit.choices, { heldOut, corrected: correctedOptima(fit) });

/** Where the optima are without the bias of their method, if that is said to matter. */
const correctedOptima = ({ corrected, warnings = [], choices: { axis } }: IsoFlop): readonly Corrected[] =>
  corrected?.ok && warnings.length > 0 ? corrected.budgets.map(({ C, [axis]: x, loss: y }) => ({ C, x, y })) : [];

interface Corrected extends Point {
  readonly C: number;
}

/** What stands beside the budgets and has no part in their fits. */
interface Beside {
  /** Runs of a larger compute. */
  readonly heldOut?: readonly Run[];
  readonly corrected?: readonly Corrected[];
  /** What was said of the sizes of that compute before. */
  readonly curves?: readonly HeldOutCurve[];
  /** Whether the law that predicts takes every run, whatever minimum its budget has. */
  readonly everyRun?: boolean;
}

/** {@link isoFlopFigure} of budgets that may not be fitted yet, and of runs of a larger compute, which take no part in the fit. */
export const equalComputeFigure = (
  budgets: readonly DrawnBudget[],
  choices: IsoFlopChoices,
  { heldOut = [], corrected = [], curves = [], everyRun = false }: Beside = {},
): Figure => {
  const all = budgets.flatMap(({ runs }) => runs);
  some("runs", [...all, ...heldOut], "run to draw");
  for (const { runs } of budgets) onLogAxes("runs", runs, ["N", "D", "loss"]);
  const shown = new Set(sampled(all));
  const marked = budgets.map((budget) => ({
    ...budget,
    refused: isRefused(budget),
    curve: fittedCurve(budget, choices),
    marks: budget.runs.filter((run) => shown.has(run)).map(markOf(choices)),
  }));
  const held = heldOut.map(markOf(choices));
  const marks = [...marked.flatMap((budget) => budget.marks), ...held];
  const beyond = curves.map((curve) => foreseenOf(curve, choices));
  const sizes = [...marks, ...beyond.flatMap(({ foreseen }) => foreseen)].map(({ x }) => x);
  const losses = [
    ...marks.flatMap(({ low, high }) => [low, high]),
    ...beyond.flatMap(({ foreseen }) => foreseen.flatMap(({ y, low, high }) => [y, low, high])),
    ...marked.flatMap(({ curve }) => curve.map(({ y }) => y)),
  ];
  const { axis, quantity } = choices;
  const what = quantity === "loss" ? "validation loss" : quantity;
  const vertices = verticesOf(budgets).map((vertex) => ({ ...vertex, x: vertex[axis], y: vertex.loss }));
  const barred = marks.some(({ low, high }) => high > low) ? "; bars are 95 % intervals" : "";
  const drawing = chart(({ theme, small }) => {
    const colour = colourOf(theme, budgets);
    const labels = [
      ...marked.flatMap(({ C, refused, curve, marks }): PointLabel[] => {
        const end = curve.at(-1) ?? means(marks).at(-1);
        return end ? [{ x: end.x, y: end.y, text: scientific(C) + (refused ? " refused" : ""), color: colour(C) }] : [];
      }),
      ...[...new Map([...held].reverse().map((run) => [run.C, run])).values()].map(({ C, x, y }): PointLabel => {
        const text = `${scientific(C)} held out`;
        return { x, y, text, color: theme.heldOut, side: "left", bold: true };
      }),
      ...beyond.flatMap(({ foreseen: [first] }): PointLabel[] => {
        if (!first || held.some(({ C }) => C === first.C)) return [];
        const { C, x, y } = first;
        return [{ x, y, text: `${scientific(C)} predicted`, color: theme.heldOut, side: "left", bold: true }];
      }),
    ];
    const longest = labels.reduce((most, { side, text }) => (side === "left" ? most : Math.max(most, text.length)), 4);
    return {
      description: `IsoFLOP curves: ${what} against ${axis === "N" ? "parameters" : "tokens"} at ${budgets.length} compute budgets.`,
      x: logAxis(quantities[axis], sizes, small ? 5 : 9),
      y: linearAxis({ label: what }, losses, 7),
      height: small ? 400 : 480,
      marginRight: Math.min(longest * 7 + 14, small ? 96 : 130),
      subtitle: small ? "colour: compute budget, FLOPs" : `one colour per compute budget, in FLOPs${barred}`,
      labels,
      marks: [
        line(vertices, theme.muted, "optima-line", { strokeDasharray: "2 4" }),
        ...marked.flatMap(({ C, profile, refused, curve, marks }) => [
          refused || !profile
            ? line(means(marks), colour(C), refused ? "refused" : "unfitted", {
                strokeWidth: 1,
                strokeDasharray: "4 4",
              })
            : line(curve, colour(C), "parabola", { strokeWidth: 1.75 }),
          ...runMarks(marks, colour(C), theme, "run", refused),
        ]),
        ...beyond.flatMap(({ foreseen, parabola }) => [
          Plot.areaY(foreseen, { ...band, fill: theme.heldOut, fillOpacity: 0.12, className: "foreseen-band" }),
          line(foreseen, theme.heldOut, "foreseen", { strokeWidth: 1.5, strokeDasharray: "5 4" }),
          line(parabola, theme.heldOut, "held-out-parabola", { strokeWidth: 1.75 }),
        ]),
        ...runMarks(held, theme.heldOut, theme, "held-out"),
        diamonds(vertices, theme, ({ C }) => colour(C), "vertex", { r: 6.5, strokeWidth: 1.75 }),
        rings(corrected, theme.heldOut, "corrected", { r: 5, fill: "none", strokeWidth: 1.75 }),
      ],
    };
  });
  const refused = budgets.filter(isRefused).length;
  const refusals = `${plural(refused, "budget")} without an interior minimum: hollow, dashed, ${everyRun ? "no part of Approach 2" : "not used"}.`;
  const caption = `Dots are runs, curves ${curveWords(choices)}, diamonds the minima, joined by the dotted line.${refused > 0 ? ` ${refusals}` : ""}${beyond.length > 0 ? ` Orange, dashed: what was predicted of every size at the held-out compute, with where a run falls at 95\u00A0%${beyond.some(({ parabola }) => parabola.length > 0) ? "; solid: the parabola through the runs that were trained there" : ""}.` : ""}${corrected.length > 0 ? " Orange rings: the optima without the bias of their method, by a surface through the runs." : ""}${sampledNote(all)}`;
  return figure(caption, drawing);
};

/** Samples of a curve. */
const steps = 121;

const band = { x: "x", y1: "low", y2: "high" } as const;

/** On the axes of the figure. */
const foreseenOf = ({ C, foreseen, tokens, runs, parabola }: HeldOutCurve, { axis }: IsoFlopChoices) => {
  const place = (N: number) => (axis === "N" ? N : tokens(N));
  const through = (parabola && parabola.curvature > 0 && parabola) || undefined;
  return {
    foreseen: foreseen.map(({ N, value: y, interval95: [low, high] = [y, y] }) => ({ C, x: place(N), y, low, high })),
    parabola: through
      ? spaced(...extent(runs.map(({ N }) => N)), 41).map((N) => ({ C, x: place(N), y: through.at(N) }))
      : [],
  };
};

/** What was fitted to one budget, between its smallest and largest run; nothing where its minimum was refused. */
const fittedCurve = ({ C, profile, runs }: DrawnBudget, choices: IsoFlopChoices): Point[] => {
  const fitted = profile && isInterior(profile) && profileCurve(profile, choices);
  if (!fitted) return [];
  return spaced(...extent(runs.map((run) => run[choices.axis])), steps).map((x) => ({ C, x, y: fitted(x) }));
};

const curveWords = ({ optimum, scale, axis }: IsoFlopChoices): string => {
  const of = scale === "log" ? `of the logarithm, transformed back, in ln ${axis}` : `in ln ${axis}`;
  const [noun, ...how] = optimumMethods.get(optimum).words.split(", ");
  return `${[`${noun} ${of}`, ...how].join(", ")}`;
};

/** A run as it is drawn. */
const markOf =
  ({ axis, quantity }: IsoFlopChoices) =>
  (run: Run) => {
    const loss = quantityOf(run, quantity) ?? Number.NaN;
    const [low, high] = spread({ value: loss, standardError: quantityError(run, quantity) ?? 0 });
    const title = `${nameOf(run)}\nN ${count(run.N)}, D ${count(run.D)}, ${quantity} ${loss.toFixed(4)}`;
    return { C: run.C, run: nameOf(run), x: run[axis], y: loss, low, high, title };
  };

/** Of the runs of each size: their scatter is no curve. */
const means = (marks: readonly RunMark[]): Point[] =>
  [...new Set(marks.map(({ x }) => x))].map((x) => {
    const own = marks.filter((mark) => mark.x === x);
    return { C: own[0]!.C, x, y: own.reduce((s, { y }) => s + y, 0) / own.length };
  });

type RunMark = ReturnType<ReturnType<typeof markOf>>;

/** Points with their 95 % bars. */
const runMarks = (runs: readonly RunMark[], color: string, theme: Theme, name: string, hollow = false) => {
  const [fill, stroke] = hollow ? [theme.surface, color] : [color, theme.surface];
  return [
    barsUp(runs, color, 1.25, { className: `${name}-bar` }),
    rings(runs, stroke, name, { r: 3.75, fill, strokeWidth: 1.25, title: "title" }),
  ];
};
