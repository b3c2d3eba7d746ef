import type { Estimate, Interval } from "@isoflop/scaling";
import type * as Plot from "@observablehq/plot";
import { type Axis, sideOf } from "./axis.js";
import type { PointLabel } from "./labels.js";
import { barsUp, dots, type Point, rings } from "./marks.js";
import type { Theme } from "./theme.js";

/** Half width of a 95 % interval in standard errors. */
const z95 = 1.959964;

/** A horizontal tick as wide as the bar of an interval, and a little more. */
const tick = {
  draw(context: CanvasPath) {
    context.moveTo(-9, 0);
    context.lineTo(9, 0);
  },
};

/** A prediction on a curve: where the law is and where a new measurement falls, each at 95 % and where known, and what was measured. */
export interface Asked extends Point {
  readonly ci95?: Interval | undefined;
  readonly interval95?: Interval | undefined;
  readonly measured?: Measurement | undefined;
  /** Pixels to the right of its x: several of one x stand beside each other. */
  readonly shift?: number;
}

/** A measurement with its standard error. */
export type Measurement = Pick<Estimate, "value" | "standardError">;

/** The 95 % interval of a measurement. */
export const spread = ({ value, standardError }: Measurement): Interval => [
  value - z95 * standardError,
  value + z95 * standardError,
];

/** Everything of a prediction that must be seen. */
export const askedValues = ({ y, ci95 = [y, y], interval95 = [y, y], measured }: Asked): number[] => [
  y,
  ...ci95,
  ...interval95,
  ...(measured ? spread(measured) : []),
];

/** What was measured of some predictions. */
export const measuredOf = (asked: readonly Asked[]): Point[] =>
  asked.flatMap(({ x, measured }) => (measured ? [{ x, y: measured.value }] : []));

/**
 * The broad pale bar is where a measurement falls, the dark one where the law lies, the tick the prediction; a dot with its own bar is
 * what was measured. A bar ends at `lowest`: on a log axis it could reach below zero, and would not be drawn at all.
 * @internal
 */
export const askedMarks = (asked: readonly Asked[], theme: Theme, lowest = Number.NEGATIVE_INFINITY): Plot.Markish[] =>
  [...new Set(asked.map(({ shift = 0 }) => shift))].flatMap((dx) =>
    marksAt(
      asked.filter(({ shift = 0 }) => shift === dx),
      theme,
      lowest,
      dx,
    ),
  );

const marksAt = (asked: readonly Asked[], theme: Theme, lowest: number, dx: number): Plot.Markish[] => {
  const { heldOut: orange } = theme;
  const bars = (ends: (one: Asked) => Interval | undefined) =>
    asked.flatMap((one) => {
      const [low = lowest, high] = ends(one) ?? [];
      return high === undefined ? [] : [{ x: one.x, low: Math.max(lowest, low), high }];
    });
  return [
    barsUp(
      bars(({ interval95 }) => interval95),
      orange,
      12,
      { strokeOpacity: 0.3, className: "interval", dx },
    ),
    barsUp(
      bars(({ ci95 }) => ci95),
      orange,
      2.5,
      { className: "law-interval", dx },
    ),
    rings(asked, orange, "asked", { symbol: tick, dx }),
    barsUp(
      bars(({ measured }) => measured && spread(measured)),
      orange,
      1.5,
      { className: "spread", dx },
    ),
    dots(measuredOf(asked), theme, orange, "measured", { r: 4.5, strokeWidth: 1.5, dx }),
  ];
};

/** Pixels between a label and its point. */
const clearance = 12;

/** Labels stand where the curve is not: above it to the left of a rise, below it to the left of a fall. */
export const beside = (axis: Axis, x: number, curve: readonly Point[]): Pick<PointLabel, "side" | "lift"> => {
  const side = sideOf(axis, x);
  const rises = curve.at(-1)!.y > curve[0]!.y;
  return { side, lift: (side === "left") === rises ? clearance : -clearance };
};
