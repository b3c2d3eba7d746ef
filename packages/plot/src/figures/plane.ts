import { type Flops, type FrontierPoint, type Interval, quantityOf, type Run, type SurfaceFit } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import type { Axis } from "../chart/axis.js";
import { banded, type CurvePoint, type CurveStyle } from "../chart/curve.js";
import { known, reach, within } from "../chart/interval.js";
import { diamonds, isOn } from "../chart/marks.js";
import { type AxisQuantity, logAxis, quantities } from "../chart/quantity.js";
import type { Theme } from "../chart/theme.js";
import { nameOf } from "./budgets.js";

/** A model in the plane of compute and size. */
export interface Model {
  readonly C: Flops;
  readonly N: number;
}

/** What C counts for a surface, in words: "C = 6ND", "C = 5.2·N·D". */
export const computeRule = ({ flopsPerToken: k }: SurfaceFit): string =>
  Math.abs(k / 6 - 1) < 1e-6 ? "C = 6ND" : `C = ${Number(k.toPrecision(5))}·N·D`;

/** A surface's optimum is defined under its own compute. */
export const computeOf = (fit: SurfaceFit): AxisQuantity => ({
  ...quantities.C,
  label: `compute ${computeRule(fit)}, FLOPs`,
});

/** A run where the surface's optimum is sought, with what was fitted as its loss; none for one that lacks it. */
export const inPlane =
  ({ flopsPerToken, quantity }: SurfaceFit) =>
  (run: Run): PlaneRun[] => {
    const loss = quantityOf(run, quantity);
    const { N, D } = run;
    return loss === undefined ? [] : [{ C: flopsPerToken * N * D, N, D, loss, name: nameOf(run) }];
  };

export interface PlaneRun extends Model {
  readonly D: number;
  readonly loss: number;
  readonly name: string;
}

/** Where a model stands. */
export const inCN = { x: "C", y: "N" } as const;

/** The compute-optimal size, dashed beyond the largest run. */
export const frontierStyle = (runs: readonly Model[], { domain }: Axis, { ink, muted }: Theme): CurveStyle => ({
  ...{ fittedTo: reach(runs.map(({ C }) => C)), domain, stroke: ink, fill: muted },
  ...{ name: "frontier", bandName: "frontier-band" },
});

/** The log axes of compute and model size. */
export const planeAxes = (compute: AxisQuantity, models: readonly Model[], small: boolean, pad: number) => {
  const [computes, sizes] = [models.map(({ C }) => C), models.map(({ N }) => N)];
  return { x: logAxis(compute, computes, small ? 4 : 9, pad), y: logAxis(quantities.N, sizes, small ? 6 : 8, pad) };
};

/** One optimum along a frontier, with its band. */
export const along = (frontier: readonly FrontierPoint[], name: "N" | "D" | "loss"): CurvePoint[] =>
  frontier.map(({ C, [name]: { value, ci95 } }) => banded(C, value, ci95));

/** The part of a curve that is in the frame. */
export const inFrame = (curve: readonly CurvePoint[], x: Axis, y: Axis): CurvePoint[] => {
  // The curve may end exactly where the axis does.
  const on = (axis: Axis, value: number) => isOn(axis, value * (1 + 1e-9)) || isOn(axis, value * (1 - 1e-9));
  return curve.filter((point) => on(x, point.x) && on(y, point.y));
};

/** A model that was asked about, with the intervals of its coordinates where those are estimated themselves. */
export interface AskedModel extends Model {
  readonly across?: Interval;
  readonly up?: Interval;
  readonly label?: string;
}

/** Diamonds with the intervals of their coordinates. */
export const askedModelMarks = (
  asked: readonly AskedModel[],
  { x, y }: { readonly x: Axis; readonly y: Axis },
  theme: Theme,
  color = theme.heldOut,
): Plot.Markish[] => {
  const bar = { stroke: color, strokeWidth: 2, className: "asked-interval" } as const;
  const cut = (name: "across" | "up", { domain }: Axis) =>
    asked.flatMap((model) => {
      const shown = known(model[name]);
      const ends = shown && within(shown, domain);
      return ends ? [{ ...model, low: ends[0], high: ends[1] }] : [];
    });
  return [
    Plot.ruleX(cut("up", y), { x: "C", y1: "low", y2: "high", ...bar }),
    Plot.ruleY(cut("across", x), { y: "N", x1: "low", x2: "high", ...bar }),
    diamonds(asked, theme, inCN, color, "asked", { r: 6, strokeWidth: 1.5 }),
  ];
};
