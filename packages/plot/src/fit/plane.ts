import * as Plot from "@observablehq/plot";
import type { Axis } from "../figures/axis.js";
import { given } from "../study/check.js";
import type { Theme } from "../theme.js";
import { logAxis } from "./quantity.js";
import type { AskedModel, FrontierPoint, LawPoint } from "./types.js";

/** The log axes of compute and model size, ending with the values. */
export const planeAxes = (
  values: { readonly compute: readonly number[]; readonly params: readonly number[]; readonly computeLabel?: string },
  small: boolean,
  pad = 0,
): { readonly x: Axis; readonly y: Axis } => {
  const compute = { label: values.computeLabel ?? "compute C, FLOPs", format: "scientific" } as const;
  const params = { label: "model size N, parameters", format: "count" } as const;
  return {
    x: logAxis(compute, values.compute, small ? 4 : 9, pad),
    y: logAxis(params, values.params, small ? 6 : 8, pad),
  };
};

/** The frontier as a law of compute. */
export const frontierCurve = (frontier: readonly FrontierPoint[]): LawPoint[] =>
  frontier.map(({ compute, params, low, high }) => ({ x: compute, y: params, low: low ?? null, high: high ?? null }));

type Ends = readonly [number, number];

/** An interval cut to the frame; undefined where nothing of it is inside. */
const cut = ([low, high]: Ends, [least, most]: Ends): Ends | undefined =>
  low <= most && high >= least ? [Math.max(low, least), Math.min(high, most)] : undefined;

/** Diamonds with the intervals of their coordinates. */
export const askedModelMarks = (
  asked: readonly Omit<AskedModel, "label">[],
  theme: Theme,
  yDomain: Ends,
  xDomain: Ends,
): Plot.Markish[] => {
  const bar = { stroke: theme.heldOut, strokeWidth: 2 } as const;
  const tall = asked.flatMap(({ compute, paramsInterval }) => {
    const ends = given(paramsInterval) ? cut(paramsInterval, yDomain) : undefined;
    return ends ? [{ compute, low: ends[0], high: ends[1] }] : [];
  });
  const wide = asked.flatMap(({ params, computeInterval }) => {
    const ends = given(computeInterval) ? cut(computeInterval, xDomain) : undefined;
    return ends ? [{ params, low: ends[0], high: ends[1] }] : [];
  });
  return [
    Plot.ruleX(tall, { x: "compute", y1: "low", y2: "high", ...bar, className: "asked-interval" }),
    Plot.ruleY(wide, { y: "params", x1: "low", x2: "high", ...bar, className: "asked-interval" }),
    Plot.dot(asked, {
      x: "compute",
      y: "params",
      symbol: "diamond2",
      r: 6,
      fill: theme.heldOut,
      stroke: theme.surface,
      strokeWidth: 1.5,
      className: "asked",
    }),
  ];
};
