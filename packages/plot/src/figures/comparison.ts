import { type ComparedLaw, extent, type Interval, type LawComparison } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf, sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { type CurvePoint, curveMarks, rangeWithBand } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { scientific, significant } from "../chart/format.js";
import { known, reach, within } from "../chart/interval.js";
import type { PointLabel } from "../chart/labels.js";
import { dots, isOn, type Place, placeMarks, rings, xy } from "../chart/marks.js";
import { logAxis, optimal, quantities } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import type { Theme } from "../chart/theme.js";
import { some } from "../error.js";
import { curveOf, pointsOf } from "./law.js";
import { beyond } from "./law-panel.js";

/**
 * Two laws of the loss against compute with their bands, where they cross, and at each compute asked the step from the loss of A there
 * to the compute at which B has the same loss: its length on the log axis is the effective compute.
 */
export const comparisonFigure = (comparison: LawComparison): Figure => {
  const { a, b, at, crossing, quantity } = comparison;
  const range = rangeOf(comparison);
  const data: Compared = {
    laws: [drawnLaw(a, range), drawnLaw(b, range)],
    at: at.map((entry): Question => {
      const { value, ci95 } = entry.effectiveCompute;
      const spread = known(ci95);
      const reached = Number.isFinite(value) && value > 0 ? value : undefined;
      return { C: entry.C, loss: entry.a, ratio: reached, ...(spread && { spread }) };
    }),
    ...(crossing.ok && { crossing: { value: crossing.C, ci95: crossing.ci95 } }),
    quantity,
  };
  const caption =
    "The two laws with their pointwise 95 % bands, dashed beyond their own data; dots are what each was fitted to. From each open dot on A a line leads to the compute at which B is as good: the number is that compute over C, with its 95 % interval as the pale bar. Shaded upright: where the laws cross, at 95 %.";
  return figure(caption, 760, (sheet) => comparisonDrawing(data, sheet));
};

/** A crossing or an effective compute further away than this factor is told in words. */
const near = 1e4;

/** Computes from below both laws' data to beyond them, and to whatever is told of them nearby. */
const rangeOf = ({ a, b, at, crossing }: LawComparison): Interval => {
  const computes = some("data", [...a.data.x, ...b.data.x], "point");
  const [low, high] = extent([...computes, ...at.map(({ C }) => C)]);
  const [, largest] = extent(computes);
  const needed = at.map(({ C, effectiveCompute }) => C * effectiveCompute.value).filter((C) => C < near * high);
  const meets = crossing.ok && crossing.C > low / near && crossing.C < high * near ? [crossing.C] : [];
  const [from] = extent([low, ...meets.map((C) => C / 2), ...needed.filter((C) => C > low / near)]);
  const [, to] = extent([...needed, ...meets.map((C) => 2 * C), beyond * largest, high]);
  return [from, to];
};

interface DrawnLaw {
  readonly name: string;
  readonly curve: readonly CurvePoint[];
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const drawnLaw = ({ name, law, data }: ComparedLaw, range: Interval): DrawnLaw => ({
  name,
  points: pointsOf(data),
  curve: curveOf(law, ...range),
});

/** What B needs at one compute. */
interface Question {
  readonly C: number;
  /** Of A. */
  readonly loss: number;
  /** Compute that B needs for it, over C; undefined where B never reaches it. */
  readonly ratio: number | undefined;
  readonly spread?: Interval;
}

interface Compared {
  readonly laws: readonly DrawnLaw[];
  readonly at: readonly Question[];
  readonly crossing?: Place;
  readonly quantity: string;
}

const comparisonDrawing = (data: Compared, sheet: Sheet): Drawing => {
  const { theme, small } = sheet;
  const { laws, at, crossing, quantity } = data;
  const style = [
    { color: theme.scale(0.3), className: "a" },
    { color: theme.heldOut, className: "b" },
  ];
  const curves = laws.flatMap(({ curve }) => curve);
  const [, reached] = extent(curves.map(({ x }) => x));
  const steps = at.flatMap((entry) => stepOf(entry, reached));
  const computes = [...curves.map(({ x }) => x), ...at.map(({ C }) => C), ...steps.map(({ to }) => to)];
  const x = logAxis(quantities.C, computes, small ? 4 : 9, 0.03);
  const seen = [...curves, ...laws.flatMap(({ points }) => points)].map(({ y }) => y);
  const y = logAxis(optimal(quantity).loss, rangeWithBand([...seen, ...at.map(({ loss }) => loss)], curves), 7);
  const crossed = { stroke: theme.muted, fillOpacity: 0.12, className: "crossing" };
  return chart(
    {
      description: `The laws of ${laws.map(({ name }) => name).join(" and ")} against compute.`,
      x,
      y,
      height: small ? 380 : 460,
      marginRight: 20,
      subtitle: small
        ? "grey steps: compute B needs / C"
        : `steps: compute that B needs for the ${quantity} of A, over C; shaded: 95 % bands`,
      legend: laws.map(({ name }, i) => ({ text: name, color: style[i]!.color })),
      labels: [
        ...(crossing && isOn(x, crossing.value) ? [crossingLabel(crossing.value, laws[0]!, x, theme)] : []),
        ...at.map((entry) => ratioLabel(entry, x, theme)),
      ],
      marks: [
        ...(crossing ? placeMarks(crossing, "x", { x, y }, crossed) : []),
        ...laws.flatMap((law, i) => lawMarks(law, style[i]!.color, style[i]!.className, y, theme)),
        ...stepMarks(at, steps, x, theme),
      ],
    },
    sheet,
  );
};

const lawMarks = ({ points, curve }: DrawnLaw, fill: string, side: string, y: Axis, theme: Theme): Plot.Markish[] => {
  const fittedTo = reach(points.map(({ x }) => x));
  const names = { name: `law-${side}`, bandName: `band-${side}` };
  return [
    ...curveMarks(curve, { fittedTo, domain: y.domain, stroke: fill, fill, ...names }),
    dots(points, theme, xy, fill, `point-${side}`),
  ];
};

interface Step {
  readonly from: number;
  readonly to: number;
  readonly loss: number;
}

/** Beyond `near` times the largest compute drawn, a ratio is stated and its end is not shown. */
const stepOf = ({ C, loss, ratio }: Question, reached: number): Step[] =>
  ratio === undefined || ratio * C > reached * near || ratio < 1 / near ? [] : [{ from: C, to: ratio * C, loss }];

const stepMarks = (at: readonly Question[], steps: readonly Step[], x: Axis, theme: Theme): Plot.Markish[] => {
  const spreads = at.flatMap(({ C, loss, spread }) => {
    const ends = spread && within([spread[0] * C, spread[1] * C], x.domain);
    return ends ? [{ loss, low: ends[0], high: ends[1] }] : [];
  });
  const level = { y: "loss", stroke: theme.ink } as const;
  const pale = { strokeOpacity: 0.22, strokeWidth: 9, className: "ratio-interval" };
  return [
    Plot.ruleY(spreads, { ...level, x1: "low", x2: "high", ...pale }),
    Plot.ruleY(steps, { ...level, x1: "from", x2: "to", strokeWidth: 1.5, className: "step" }),
    rings(at, { x: "C", y: "loss" }, theme.ink, "asked", { r: 3.5, fill: theme.surface, strokeWidth: 1.5 }),
    Plot.dot(steps, { x: "to", y: "loss", r: 3.5, fill: theme.ink, className: "reached" }),
  ];
};

/** Both curves fall, so there is room below them to the left and above them to the right. */
const ratioLabel = ({ C, loss, ratio, spread }: Question, x: Axis, theme: Theme): PointLabel => {
  const ends = spread ? ` [${spread.map((end) => significant(end, 3)).join(", ")}]` : "";
  const text = ratio === undefined ? "B never reaches this" : `×\u2009${significant(ratio, 3)}${ends}`;
  const side = scaleOf(x, 0, 1)(C) > 0.25 ? "left" : "right";
  return { x: C, y: loss, text, color: theme.ink, side, lift: side === "left" ? -14 : 14 };
};

const crossingLabel = (C: number, a: DrawnLaw, x: Axis, theme: Theme): PointLabel => ({
  x: C,
  y: extent(a.curve.map(({ y }) => y))[1],
  text: `cross at ${scientific(C)}`,
  color: theme.muted,
  side: sideOf(x, C),
});
