import {
  extent,
  type Flops,
  frontier,
  type LawPoint,
  type NextRun,
  type Plan,
  type Run,
  spaced,
} from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { banded, type CurvePoint, curveMarks } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { listed } from "../chart/format.js";
import { known } from "../chart/interval.js";
import { dots, rings } from "../chart/marks.js";
import { type AxisQuantity, quantities } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { onLogAxes, some } from "../error.js";
import {
  type AskedModel,
  along,
  askedModelMarks,
  computeOf,
  frontierStyle,
  inCN,
  inFrame,
  inPlane,
  type Model,
  planeAxes,
} from "./plane.js";

export interface NextRunsFigureOptions {
  /** Runs so far. */
  readonly runs?: readonly Run[];
  /** The optimal size against compute, where no surface was planned with. */
  readonly optimum?: readonly LawPoint[];
}

/** What of a plan is drawn. */
export type PlannedRuns = Pick<Plan, "target" | "runs" | "evenGrid"> & Partial<Pick<Plan, "surface" | "optimum">>;

/** The plane of compute and size with its models. */
interface NextRuns extends Pick<Plan, "runs" | "evenGrid"> {
  readonly soFar: readonly Model[];
  readonly frontier: readonly CurvePoint[];
  /** The compute whose optimum is to become certain, and what is known of it. */
  readonly target: { readonly C: Flops; readonly model?: AskedModel };
  readonly compute: AxisQuantity;
}

/**
 * The next runs in the plane of compute and size: planned ones filled, an even grid of the same cost hollow, runs so far grey, and the
 * compute whose optimum they are to make certain, with the frontier as it is known now.
 */
export const nextRunsFigure = (plan: PlannedRuns, { runs = [], optimum = [] }: NextRunsFigureOptions = {}): Figure => {
  const { surface, evenGrid, target, optimum: best } = plan;
  some("plan.runs", plan.runs, "run");
  const soFar = surface ? sampled(runs).flatMap(inPlane(surface)) : sampled(runs);
  for (const [field, models] of Object.entries({ runs: soFar, "plan.runs": plan.runs }))
    onLogAxes<"C" | "N">(field, models, ["C", "N"]);
  const [low, high] = extent([...soFar, ...plan.runs, ...evenGrid, target].map(({ C }) => C));
  const up = best && known(best.N.ci95);
  const data = {
    runs: plan.runs,
    evenGrid,
    soFar,
    frontier: surface
      ? along(frontier(surface, spaced(low / 2, high * 2, 61)), "N")
      : optimum.map(({ x, y, ci95 }) => banded(x, y, ci95)),
    target: { C: target.C, ...(best && { model: { C: target.C, N: best.N.value, ...(up && { up }) } }) },
    compute: surface ? computeOf(surface) : quantities.C,
  };
  const missing = runs.length > 0 ? sampledNote(runs) : " A saved fit has no runs, so those so far are not shown.";
  const caption = `Filled: the planned runs, larger where a run is trained with several seeds. Hollow: an even grid of the same allowance. Line and band: the compute-optimal size as it is known now, at 95 %. Diamond: the optimum at the target.${missing}`;
  return figure(caption, 760, (sheet) => nextRunsDrawing(data, sheet));
};

/** Radius whose area grows with the number of runs. */
const radius = (base: number) => (run: NextRun) => base * Math.sqrt(run.count);

const nextRunsDrawing = (data: NextRuns, sheet: Sheet): Drawing => {
  const { theme, small } = sheet;
  const { runs: planned, evenGrid, soFar: runs, target } = data;
  const all = [...planned, ...evenGrid, ...runs];
  const sizes = [...all, ...(target.model ? [target.model] : [])].map(({ N }) => N);
  // The target has a compute even where nothing is known of its size.
  const corner = { C: target.C, N: target.model?.N ?? sizes[0]! };
  const axes = planeAxes(data.compute, [...all, corner], small, 0.06);
  const { x, y } = axes;
  const optima = inFrame(data.frontier, x, y);
  const count = { fill: theme.surface, fontSize: 10, fontWeight: 600, className: "times" } as const;
  const label = { x: target.C, y: target.model?.N ?? y.domain[1], text: "target", color: theme.ink, bold: true };
  return chart(
    {
      description: `${planned.length} planned models against compute and model size, with the target compute.`,
      x,
      y,
      height: small ? 380 : 460,
      marginRight: 24,
      subtitle: listed(
        small ? "orange: planned" : "orange: planned runs, with the number of seeds",
        evenGrid.length > 0 && (small ? "hollow: even grid" : "hollow: an even grid of the same allowance"),
        runs.length > 0 && (small ? "grey: runs" : "grey: runs so far"),
      ),
      labels: [{ ...label, side: sideOf(x, target.C) }],
      marks: [
        Plot.ruleX([target.C], { stroke: theme.muted, strokeDasharray: "2 3", className: "target" }),
        ...curveMarks(optima, frontierStyle(runs, y, theme)),
        dots(runs, theme, inCN, theme.muted, "run", { fillOpacity: 0.45 }),
        dots(planned, theme, inCN, theme.heldOut, "planned", { r: radius(small ? 3.5 : 6), fillOpacity: 0.85 }),
        rings(evenGrid, inCN, theme.scale(0.35), "even", { r: radius(small ? 3.5 : 4.5), strokeWidth: 1.75 }),
        // On a phone the numbers would run into each other; the table below has them.
        Plot.text(small ? [] : planned.filter((run) => run.count > 1), { ...inCN, text: "count", ...count }),
        ...askedModelMarks(target.model ? [target.model] : [], axes, theme, theme.ink),
      ],
    },
    sheet,
  );
};
