import {
  extent,
  type FitPrediction,
  formOfLaw,
  type Interval,
  type Law,
  type LawData,
  lawCurve,
  spaced,
} from "@isoflop/scaling";
import { sampled, sampledNote } from "../chart/crowd.js";
import { banded, type CurvePoint } from "../chart/curve.js";
import type { Figure } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { known } from "../chart/interval.js";
import type { Place } from "../chart/marks.js";
import type { AxisQuantity } from "../chart/quantity.js";
import { onLogAxes, some } from "../error.js";
import { beyond, type LawPanel, lawPanel } from "./law-panel.js";
import { askedOf, askedWords } from "./laws.js";

export interface LawFigureOptions {
  /** What stands on the axes. */
  readonly x?: AxisQuantity;
  readonly y?: AxisQuantity;
  /** Names of both in the equation above the law. */
  readonly names?: { readonly x: string; readonly y: string };
  readonly asked?: readonly FitPrediction<"x", "y">[];
}

/**
 * A law of any form with the points it was fitted to: its curve, band, floor, breaks and equation are what its form says of it.
 * @throws RegistryError for a law whose form is not there
 */
export const lawFigure = (law: Law, points: LawData, options: LawFigureOptions = {}): Figure => {
  const panel = panelOf(law, points, options);
  const caption = options.asked?.length ? `The points of the fit and its law. ${askedWords}` : captionOf(panel);
  return lawPanel(caption + sampledNote(points.x, "points"), panel);
};

/** The points of a law. */
export const pointsOf = ({ x, y }: LawData) => {
  const points = x.map((at, i) => ({ x: at, y: y[i]! }));
  onLogAxes("points", points, ["x", "y"]);
  return points;
};

const panelOf = (law: Law, data: LawData, options: LawFigureOptions): LawPanel => {
  const { names = { x: "x", y: "y" }, asked: predictions = [] } = options;
  const form = formOfLaw(law);
  const points = pointsOf(data);
  const asked = predictions.map(({ given, predicted }) => askedOf(given.x, predicted.y));
  const seen = [...points, ...asked].map(({ x }) => x);
  const [low, high] = extent(some("points", seen, "point, or x that is asked about,"));
  const [, last] = extent(data.x);
  const curve = curveOf(law, low, Math.max(beyond * last, high));
  const floor = form.floor?.(law);
  return {
    title: form.equation(law, names, significant),
    x: options.x ?? { label: names.x },
    y: options.y ?? { label: names.y },
    points: sampled(points),
    curve,
    fittedTo: last,
    ...(floor && floor.value > 0 && { floor: placeOf(floor) }),
    ...(law.status !== "unidentified" && { breaks: (form.breaks?.(law) ?? []).map(placeOf) }),
    asked,
  };
};

/** A law from `low` to `high`, or to where it is no longer positive, with its band where its form knows one. */
export const curveOf = (law: Law, low: number, high: number): CurvePoint[] => {
  const whole = lawCurve(law, spaced(low, high, 61));
  const end = whole.findIndex(({ y }) => y <= 0);
  const curve = whole.slice(0, end > 0 ? end : undefined).map(({ x, y, ci95 }) => banded(x, y, ci95));
  onLogAxes("law", curve, ["x", "y"]);
  return curve;
};

const placeOf = ({ value, ci95 }: { readonly value: number; readonly ci95: Interval }): Place => ({
  value,
  ci95: known(ci95),
});

const captionOf = ({ curve, floor, breaks = [] }: LawPanel): string => {
  const band = curve.some(({ low }) => low !== undefined) ? " Grey: pointwise 95 % band." : "";
  const across = floor ? " Dotted across: the floor with its 95 % interval." : "";
  const upright = breaks.length > 0 ? " Dotted upright: the breaks with their 95 % intervals." : "";
  return `The points and the law through them, dashed beyond the largest.${band}${across}${upright}`;
};
