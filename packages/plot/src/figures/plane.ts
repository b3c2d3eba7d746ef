import {
  computeRule,
  type Flops,
  type FrontierPoint,
  type Interval,
  type PredictableSurface,
  quantityOf,
  type Run,
} from "@isoflop/scaling";
import type * as Plot from "@observablehq/plot";
import type { Axis } from "../chart/axis.js";
import type { CurvePoint, CurveStyle } from "../chart/curve.js";
import { cut, known, reach } from "../chart/interval.js";
import { type Axes, barsAcross, barsUp, diamonds, isOn, type Point } from "../chart/marks.js";
import { type AxisQuantity, logAxis, quantities } from "../chart/quantity.js";
import type { Theme } from "../chart/theme.js";
import { nameOf } from "./budgets.js";

/** A model in the plane of compute and size. */
export interface Model {
  readonly C: Flops;
  readonly N: number;
}

/** A surface's optimum is defined under its own compute. */
export const computeOf = (fit: Pick<PredictableSurface, "flopsPerToken">): AxisQuantity => ({
  ...quantities.C,
  label: `compute ${computeRule(fit)}, FLOPs`,
});

/** A run where the surface's optimum is sought, with what was fitted as its loss; none for one that lacks it. */
export const inPlane =
  ({ flopsPerToken, quantity }: PredictableSurface) =>
  (run: Run) => {
    const loss = quantityOf(run, quantity);
    const { N, D, inputs } = run;
    const name = nameOf(run);
    return loss === undefined ? [] : [{ C: flopsPerToken * N * D, N, D, loss, name, ...(inputs && { inputs }) }];
  };

/** A run of the plane, with what was measured of it. */
export type PlaneRun = ReturnType<ReturnType<typeof inPlane>>[number];

/** Models where they stand. */
export const placed = <T extends Model>(models: readonly T[]): (T & Point)[] =>
  models.map((model) => ({ ...model, x: model.C, y: model.N }));

/** The compute-optimal size, dashed beyond the largest run. */
export const frontierStyle = (runs: readonly Model[], { domain }: Axis, { ink, muted }: Theme): CurveStyle => ({
  fittedTo: reach(runs.map(({ C }) => C)),
  domain,
  stroke: ink,
  fill: muted,
  name: "frontier",
  bandName: "frontier-band",
});

/** The log axes of compute and model size. */
export const planeAxes = (compute: AxisQuantity, models: readonly Model[], small: boolean, pad: number) => {
  const [computes, sizes] = [models.map(({ C }) => C), models.map(({ N }) => N)];
  return { x: logAxis(compute, computes, small ? 4 : 9, pad), y: logAxis(quantities.N, sizes, small ? 6 : 8, pad) };
};

/** One optimum along a frontier, with its band. */
export const along = (frontier: readonly FrontierPoint[], name: "N" | "D" | "loss"): CurvePoint[] =>
  frontier.map(({ C, [name]: { value, ci95 } }) => ({ x: C, y: value, ci95 }));

/** The part of a curve that is in the frame. */
export const inFrame = (curve: readonly CurvePoint[], { x, y }: Axes): CurvePoint[] => {
  // The curve may end exactly where the axis does.
  const on = (axis: Axis, value: number) => isOn(axis, value * (1 + 1e-9)) || isOn(axis, value * (1 - 1e-9));
  return curve.filter((point) => on(x, point.x) && on(y, point.y));
};

/** A model that was asked about, with the intervals of its coordinates where those are estimated themselves. */
export interface AskedModel extends Model {
  readonly across?: Interval | undefined;
  readonly up?: Interval | undefined;
}

/** Diamonds with the intervals of their coordinates. @internal */
export const askedModelMarks = (
  asked: readonly AskedModel[],
  { x, y }: Axes,
  theme: Theme,
  color = theme.heldOut,
): Plot.Markish[] => {
  const models = placed(asked);
  const bars = (name: "across" | "up", { domain }: Axis) =>
    models.flatMap((model) => cut(known(model[name]), domain).map((ends) => ({ ...model, ...ends })));
  const style = { className: "asked-interval" };
  return [
    barsUp(bars("up", y), color, 2, style),
    barsAcross(bars("across", x), color, 2, style),
    diamonds(models, theme, color, "asked", { r: 6, strokeWidth: 1.5 }),
  ];
};
