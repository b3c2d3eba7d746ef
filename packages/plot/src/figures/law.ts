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
import type { CurvePoint } from "../chart/curve.js";
import type { Figure } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { known } from "../chart/interval.js";
import type { Point } from "../chart/marks.js";
import type { AxisQuantity } from "../chart/quantity.js";
import { onLogAxes, some } from "../error.js";
import { beyond, lawPanel } from "./law-panel.js";
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
export const lawFigure = (law: Law, data: LawData, options: LawFigureOptions = {}): Figure => {
  const {
    names = { x: "x", y: "y" },
    x = { label: names.x },
    y = { label: names.y },
    asked: predictions = [],
  } = options;
  const form = formOfLaw(law);
  const points = pointsOf(data);
  const asked = predictions.map(({ given, predicted }) => askedOf(given.x, predicted.y));
  const range = rangeOfLaw(law, data);
  const seen = [...asked.map((point) => point.x), ...(range ?? [])];
  const [low, high] = extent(some("points", seen, "point, or x that is asked about,"));
  const fittedTo = range?.[1] ?? Number.NEGATIVE_INFINITY;
  const curve = curveOf(law, low, Math.max(beyond * fittedTo, high));
  const least = form.floor?.(law);
  const floor = least && least.value > 0 ? least : undefined;
  const breaks = law.status === "unidentified" ? [] : (form.breaks?.(law) ?? []);
  const title = form.equation(law, names, significant);
  const banded = curve.some(({ ci95 }) => known(ci95));
  const parts = [
    banded ? "Grey: pointwise 95 % band." : "",
    floor ? "Dotted across: the floor with its 95 % interval." : "",
    breaks.length > 0 ? "Dotted upright: the breaks with their 95 % intervals." : "",
  ];
  const question = asked.length === 0 ? "" : banded ? askedWords : "Orange: what was asked.";
  const said =
    points.length === 0
      ? ["A law without its points, dashed beyond where it was fitted.", ...parts, question]
      : asked.length > 0
        ? ["The points of the fit and its law.", question]
        : ["The points and the law through them, dashed beyond the largest.", ...parts];
  const caption = said.filter((part) => part !== "").join(" ");
  const panel = { title, x, y, points: sampled(points), curve, fittedTo, floor, breaks, asked };
  return lawPanel(caption + sampledNote(data.x, "points"), panel);
};

/** From where to where a law was fitted: by its points, or as it says itself where they are not there. */
export const rangeOfLaw = (law: Law, { x }: LawData): Interval | undefined =>
  x.length > 0 ? extent(x) : formOfLaw(law).range?.(law);

/** The points of a law. */
export const pointsOf = ({ x, y }: LawData): Point[] => {
  const points = x.map((at, i) => ({ x: at, y: y[i]! }));
  onLogAxes("points", points, ["x", "y"]);
  return points;
};

/** A law from `low` to `high`, or to where it is no longer positive, with its band where its form knows one. */
export const curveOf = (law: Law, low: number, high: number): CurvePoint[] => {
  const whole = lawCurve(law, spaced(low, high, 61));
  const end = whole.findIndex(({ y }) => y <= 0);
  const curve = whole.slice(0, end > 0 ? end : undefined);
  onLogAxes("law", curve, ["x", "y"]);
  return curve;
};
