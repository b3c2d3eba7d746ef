import { chart } from "../chart/chart.js";
import { type Figure, figure, panels } from "../chart/figure.js";
import { count, scientific } from "../chart/format.js";
import { line } from "../chart/marks.js";
import { logAxis } from "../chart/quantity.js";
import type { Draw } from "../chart/sheet.js";
import { colourOf, isRefused } from "./budgets.js";
import { budgetsIn, type RunTrace, type Training, tracesOf } from "./training.js";

const caption =
  "Training loss against tokens seen, one panel per budget on shared axes. Bold: the run with the lowest final validation loss.";

/** Training loss against tokens seen, both on log axes, one panel per budget that has curves. */
export const lossCurvesFigure = (training: Training): Figure => {
  const description = "Training loss curves, one panel per compute budget.";
  const columns = (width: number) => (width < 480 ? 1 : width < 820 ? 2 : 3);
  return panels(caption, description, drawingsOf(training), 1040, columns);
};

/** The panels of {@link lossCurvesFigure} one by one. */
export const lossCurvePanels = (training: Training): Figure[] =>
  drawingsOf(training).map((draw) => figure(caption, draw, 340));

const drawingsOf = (training: Training): Draw[] => {
  const [traces, budgets] = [tracesOf(training), budgetsIn(training)];
  const all = traces.flatMap(({ points }) => points);
  const axes = {
    x: logAxis(
      { label: "tokens seen", format: "count" },
      all.map(({ x }) => x),
      5,
    ),
    y: logAxis(
      { label: "training loss" },
      all.map(({ y }) => y),
      6,
    ),
  };
  const computes = [...new Set([...budgets.map(({ C }) => C), ...traces.map(({ run }) => run.C)])];
  return computes.flatMap((C) => {
    const own = traces.filter(({ run }) => run.C === C).sort((a, b) => a.run.N - b.run.N);
    if (own.length === 0) return [];
    const refused = budgets.some((budget) => budget.C === C && isRefused(budget));
    const subtitle = `${scientific(C)} FLOPs${refused ? " (refused)" : ""}`;
    return [
      chart(({ theme, width }) => ({
        description: `Training loss of ${own.length} models at ${scientific(C)} FLOPs against tokens seen.`,
        ...axes,
        ...panelOf(own, subtitle, colourOf(theme, budgets)(C)),
        height: Math.round(width * 0.78),
      })),
    ];
  });
};

const panelOf = (traces: readonly RunTrace[], budget: string, color: string) => {
  const best = traces.reduce((a, b) => (a.run.loss <= b.run.loss ? a : b));
  const [smallest, largest] = [traces[0]!, traces.at(-1)!].map(({ run }) => count(run.N));
  const sizes = traces.length === 1 ? smallest : `${smallest} to ${largest}, bold ${count(best.run.N)}`;
  const others = traces.filter((trace) => trace !== best);
  return {
    subtitle: `${budget}, N ${sizes}`,
    // The bold curve last, on top of the others.
    marks: [
      ...others.map(({ points }) => line(points, color, "curve", { strokeWidth: 1, strokeOpacity: 0.45 })),
      line(best.points, color, "curve best", { strokeWidth: 2 }),
    ],
  };
};
