import {
  extent,
  frontier,
  type LawPoint,
  type NextRun,
  optimalAllocation,
  type Plan,
  type Run,
  type SurfaceFit,
  spaced,
} from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { sampled, sampledNote } from "../chart/crowd.js";
import { type CurvePoint, curveMarks } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { listed } from "../chart/format.js";
import { dots, line, rings } from "../chart/marks.js";
import { quantities } from "../chart/quantity.js";
import { onLogAxes, some } from "../error.js";
import { along, askedModelMarks, computeOf, frontierStyle, inFrame, inPlane, placed, planeAxes } from "./plane.js";

export interface NextRunsFigureOptions {
  /** Runs so far. */
  readonly runs?: readonly Run[];
  /** The optimal size against compute, where no surface was planned with. */
  readonly optimum?: readonly LawPoint[];
}

/** What of a plan is drawn. */
export interface PlannedRuns {
  readonly target: Plan["target"];
  readonly runs: readonly PlannedRun[];
  readonly evenGrid: readonly PlannedRun[];
  /** What was planned with, and its optimum at the target. */
  readonly surface?: SurfaceFit;
  readonly optimum?: Plan["optimum"];
  /** Every surface that was planned against. */
  readonly basins?: Plan["basins"];
}

/** A model, and with how many seeds. */
export type PlannedRun = Pick<NextRun, "C" | "N" | "D" | "count">;

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
  const curve = surface ? along(frontier(surface, spaced(low / 2, high * 2, 61)), "N") : optimum;
  const others = otherFrontiers(plan, spaced(low / 2, high * 2, 61));
  const models = [...plan.runs, ...evenGrid, ...soFar];
  const asked = best ? [{ C: target.C, N: best.N.value, up: best.N.ci95 }] : [];
  // The target has a compute even where nothing is known of its size.
  const corner = { C: target.C, N: [...asked, ...models][0]!.N };
  const missing = runs.length > 0 ? sampledNote(runs) : " A saved fit has no runs, so those so far are not shown.";
  const caption = `Filled: the planned runs, larger where a run is trained with several seeds. Hollow: an even grid of the same allowance. Line and band: the compute-optimal size as it is known now, at 95 %. Diamond: the optimum at the target.${others.length > 0 ? " Thin lines: the optimal size by the other surfaces that the runs allow." : ""}${missing}`;
  const drawing = chart(({ theme, small }) => {
    const axes = planeAxes(surface ? computeOf(surface) : quantities.C, [...models, corner], small, 0.06);
    const { x, y } = axes;
    const planned = placed(plan.runs);
    const count = { fill: theme.surface, fontSize: 10, fontWeight: 600, className: "times" } as const;
    const top = asked[0]?.N ?? y.domain[1];
    return {
      description: `${planned.length} planned models against compute and model size, with the target compute.`,
      x,
      y,
      height: small ? 380 : 460,
      marginRight: 24,
      subtitle: listed(
        small ? "orange: planned" : "orange: planned runs, with the number of seeds",
        evenGrid.length > 0 && (small ? "hollow: even grid" : "hollow: an even grid of the same allowance"),
        soFar.length > 0 && (small ? "grey: runs" : "grey: runs so far"),
      ),
      labels: [{ x: target.C, y: top, text: "target", color: theme.ink, bold: true, side: sideOf(x, target.C) }],
      marks: [
        Plot.ruleX([target.C], { stroke: theme.muted, strokeDasharray: "2 3", className: "target" }),
        ...others.map((one) => line(inFrame(one, axes), theme.muted, "other-frontier", { strokeWidth: 0.75 })),
        ...curveMarks(inFrame(curve, axes), frontierStyle(soFar, y, theme)),
        dots(placed(soFar), theme, theme.muted, "run", { fillOpacity: 0.45 }),
        dots(planned, theme, theme.heldOut, "planned", { r: radius(small ? 3.5 : 6), fillOpacity: 0.85 }),
        rings(placed(evenGrid), theme.scale(0.35), "even", { r: radius(small ? 3.5 : 4.5), strokeWidth: 1.75 }),
        // On a phone the numbers would run into each other; the table below has them.
        Plot.text(small ? [] : planned.filter((run) => run.count > 1), { x: "x", y: "y", text: "count", ...count }),
        ...askedModelMarks(asked, axes, theme, theme.ink),
      ],
    };
  });
  return figure(caption, drawing);
};

/** The optimal size along compute by every surface that was planned against, but the one that is drawn with its band. */
const otherFrontiers = ({ basins = [], surface }: PlannedRuns, computes: readonly number[]): CurvePoint[][] =>
  basins.flatMap(({ weight: _, value: __, standardError: ___, ...other }) => {
    if (other.form === surface?.form && other.theta.every((value, j) => value === surface.theta[j])) return [];
    const along = computes.flatMap((C) => {
      const best = optimalAllocation(other, C);
      return best.ok ? [{ x: C, y: best.N }] : [];
    });
    return along.length > 1 ? [along] : [];
  });

/** Radius whose area grows with the number of runs. */
const radius =
  (base: number) =>
  ({ count }: PlannedRun) =>
    base * Math.sqrt(count);
