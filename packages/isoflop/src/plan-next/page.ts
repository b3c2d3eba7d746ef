import { nextRunsFigure } from "@isoflop/plot";
import { type SurfaceDocument, surfaceOf } from "../fit/surface/fit.js";
import { computeLabel, frontierOf, planeRuns } from "../fit/surface/plane.js";
import { drawn, drawnNote } from "../page/drawn.js";
import type { Page } from "../page/page.js";
import { largest, smallest, spaced } from "../range.js";
import type { LoadedRuns } from "../runs/load.js";
import type { PlanDocument } from "./plan.js";

/** The plan in the plane of compute and size; runs so far are drawn where a table was given. */
export const planPage = (fit: SurfaceDocument, plan: PlanDocument, loaded: LoadedRuns | undefined): Page => {
  const surface = surfaceOf(fit, fit.fit!);
  const all = loaded?.runs ?? [];
  const k = fit.flopsPerToken;
  const runs = planeRuns(drawn(all), k);
  const { C } = plan.target;
  const computes = [...runs.map(({ compute }) => compute), ...[...plan.runs, ...plan.evenGrid].map((run) => run.C), C];
  const [target] = frontierOf(surface, [C], k);
  const next = (planned: PlanDocument["runs"]) =>
    planned.map((run) => ({ compute: run.C, params: run.N, count: run.count }));
  const figure = {
    planned: next(plan.runs),
    evenGrid: next(plan.evenGrid),
    runs,
    frontier: frontierOf(surface, spaced(smallest(computes) / 2, largest(computes) * 2), k),
    target: {
      compute: C,
      ...(target && { params: target.params }),
      ...(target?.low && target.high && { paramsInterval: [target.low, target.high] as const }),
    },
    computeLabel: computeLabel(k),
  };
  const missing = runs.length > 0 ? drawnNote(all) : " A saved fit has no runs, so those so far are not shown.";
  return {
    title: "The next runs",
    figures:
      plan.runs.length > 0
        ? [
            {
              draw: (options) => nextRunsFigure(figure, options),
              caption: `Filled: the planned runs, larger where a run is trained with several seeds. Hollow: an even grid of the same allowance. Line and band: the compute-optimal size as it is known now, at 95 %. Diamond: the optimum at the target.${missing}`,
            },
          ]
        : [],
  };
};
