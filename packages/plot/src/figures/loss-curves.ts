import type { Axis } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure, panels } from "../chart/figure.js";
import { count, scientific } from "../chart/format.js";
import { line, xy } from "../chart/marks.js";
import { logAxis } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { colourOf, isRefused } from "./budgets.js";
import { budgetsIn, type RunTrace, type Training, tracesOf } from "./training.js";

const caption =
  "Training loss against tokens seen, one panel per budget on shared axes. Bold: the run with the lowest final validation loss.";

/** Training loss against tokens seen, both on log axes, one panel per budget that has curves. */
export const lossCurvesFigure = (training: Training): Figure =>
  panels(
    {
      caption,
      description: "Training loss curves, one panel per compute budget.",
      width: 1040,
      columns: (width) => (width < 480 ? 1 : width < 820 ? 2 : 3),
    },
    drawingsOf(training),
  );

/** The panels of {@link lossCurvesFigure} one by one. */
export const lossCurvePanels = (training: Training): Figure[] =>
  drawingsOf(training).map((draw) => figure(caption, 340, draw));

const drawingsOf = (training: Training) => {
  const [traces, budgets] = [tracesOf(training), budgetsIn(training)];
  const [seen, losses] = [traces.flatMap(({ trace }) => trace.at), traces.flatMap(({ trace }) => trace.value)];
  const axes = {
    x: logAxis({ label: "tokens seen", format: "count" }, seen, 5),
    y: logAxis({ label: "training loss" }, losses, 6),
  };
  const computes = [...new Set([...budgets.map(({ C }) => C), ...traces.map(({ run }) => run.C)])];
  return computes.flatMap((C) => {
    const own = traces.filter(({ run }) => run.C === C).sort((a, b) => a.run.N - b.run.N);
    const refused = budgets.some((budget) => budget.C === C && isRefused(budget));
    if (own.length === 0) return [];
    return [(sheet: Sheet) => panel(own, { C, refused, color: colourOf(sheet.theme, budgets)(C), axes }, sheet)];
  });
};

interface Group {
  readonly C: number;
  readonly refused: boolean;
  readonly color: string;
  readonly axes: { readonly x: Axis; readonly y: Axis };
}

const panel = (traces: readonly RunTrace[], { C, refused, color, axes }: Group, sheet: Sheet): Drawing => {
  const best = traces.reduce((a, b) => (a.run.loss <= b.run.loss ? a : b));
  const [smallest, largest] = [traces[0]!, traces.at(-1)!].map(({ run }) => count(run.N));
  const sizes = traces.length === 1 ? smallest : `${smallest} to ${largest}, bold ${count(best.run.N)}`;
  return chart(
    {
      description: `Training loss of ${traces.length} models at ${scientific(C)} FLOPs against tokens seen.`,
      ...axes,
      // The bold curve last, on top of the others.
      marks: [...traces.filter((entry) => entry !== best), best].map(({ run, trace }) => {
        const points = trace.at.map((at, i) => ({ x: at, y: trace.value[i]! }));
        return run === best.run
          ? line(points, xy, color, "curve best", { strokeWidth: 2 })
          : line(points, xy, color, "curve", { strokeWidth: 1, strokeOpacity: 0.45 });
      }),
      height: Math.round(sheet.width * 0.78),
      subtitle: `${scientific(C)} FLOPs${refused ? " (refused)" : ""}, N ${sizes}`,
    },
    sheet,
  );
};
