import * as Plot from "@observablehq/plot";
import { count, scientific } from "../format.js";
import type { LossCurve, Run, Study } from "../study/types.js";
import { axis, lossAxis } from "./axis.js";
import { type Budget, budgetsOf, colourOf } from "./budgets.js";
import { chart, type Drawing, type FigureOptions, themeOf } from "./chart.js";
import { compose, panelWidth } from "./compose.js";
import { type Trace, thin } from "./thin.js";

export type StudyWithCurves = Pick<Study, "runs" | "isoflop" | "laws" | "heldOut"> & {
  readonly curves: readonly LossCurve[];
};

interface RunTrace {
  readonly run: Run;
  readonly trace: Trace;
}

/** Curves of the study by run, thinned. */
export const tracesOf = (study: StudyWithCurves): RunTrace[] => {
  const runs = new Map(study.runs.map((run) => [run.id, run]));
  return study.curves.flatMap((curve) => {
    const run = runs.get(curve.id);
    return run && curve.tokens.length > 0 ? [{ run, trace: thin(curve.tokens, curve.loss) }] : [];
  });
};

/** One panel per budget that has curves: training loss against tokens seen, both on log axes shared by all panels. */
export const lossCurvePanels = (study: StudyWithCurves, options: FigureOptions): Drawing[] => {
  const traces = tracesOf(study);
  if (traces.length === 0) return [];
  const budgets = budgetsOf(study);
  const heldOut = study.heldOut ? [{ budget: study.heldOut.budget, optimum: undefined }] : [];
  const groups = [...budgets, ...heldOut.filter((h) => !budgets.some((b) => b.budget === h.budget))];
  const x = axis({
    label: `${options.tokenUnit ?? "tokens"} seen (log)`,
    values: traces.flatMap(({ trace }) => trace.at),
    type: "log",
    format: (v) => count(v),
    ticks: 5,
  });
  const y = lossAxis({
    label: "training loss (log)",
    values: traces.flatMap(({ trace }) => trace.value),
    type: "log",
    ticks: 6,
  });
  return groups.flatMap((group) => {
    const own = traces.filter(({ run }) => run.budget === group.budget).sort((a, b) => a.run.params - b.run.params);
    return own.length > 0
      ? [panel(group, own, { x, y }, colourOf(themeOf(options), budgets)(group.budget), options)]
      : [];
  });
};

const panel = (
  { budget, optimum }: Pick<Budget, "budget" | "optimum">,
  traces: readonly RunTrace[],
  axes: { x: ReturnType<typeof axis>; y: ReturnType<typeof axis> },
  color: string,
  options: FigureOptions,
): Drawing => {
  const width = options.width ?? 340;
  const best = traces.reduce((a, b) => (a.run.loss <= b.run.loss ? a : b));
  const [smallest, largest] = [traces[0]!, traces.at(-1)!].map(({ run }) => count(run.params));
  const sizes = traces.length === 1 ? smallest : `${smallest} to ${largest}, bold ${count(best.run.params)}`;
  const refused = optimum !== undefined && !optimum.interior;
  return chart(
    {
      description: `Training loss of ${traces.length} models at ${scientific(budget)} FLOPs against tokens seen.`,
      ...axes,
      // The bold curve last, on top of the others.
      marks: [...traces.filter((entry) => entry !== best), best].map(({ run, trace }) =>
        Plot.line(
          trace.at.map((at, i) => [at, trace.value[i]!]),
          {
            stroke: color,
            strokeWidth: run === best.run ? 2 : 1,
            strokeOpacity: run === best.run ? 1 : 0.45,
            className: run === best.run ? "curve best" : "curve",
          },
        ),
      ),
      width,
      height: Math.round(width * 0.78),
      subtitle: `${scientific(budget)} FLOPs${refused ? " (refused)" : ""}, N ${sizes}`,
    },
    options,
  );
};

/** All panels in one picture. */
export const lossCurvesDrawing = (study: StudyWithCurves, options: FigureOptions): Drawing => {
  const width = options.width ?? 1040;
  const columns = width < 480 ? 1 : width < 820 ? 2 : 3;
  const panels = lossCurvePanels(study, { ...options, width: panelWidth(width, columns) });
  return compose(panels, { ...options, columns, description: "Training loss curves, one panel per compute budget." });
};
