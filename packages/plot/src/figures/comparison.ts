import { type Comparison, extent } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf, sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { type CurvePoint, curveMarks, rangeWithBand } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { scientific, significant } from "../chart/format.js";
import { cut, known, reach } from "../chart/interval.js";
import { barsAcross, dots, isOn, type Point, placeMarks, rings } from "../chart/marks.js";
import { logAxis, optimal, quantities } from "../chart/quantity.js";
import { onLogAxes, some } from "../error.js";
import { pointsOf } from "./law.js";

/**
 * Two curves of the optimal loss against compute with their bands, where they cross, and at each compute asked the step from the loss of A
 * there to the compute at which B has the same loss: its length on the log axis is the effective compute.
 */
export const comparisonFigure = (comparison: Comparison): Figure => {
  const { a, b, at, crossing, quantity } = comparison;
  const laws = [a, b].map((side, i) => ({ points: pointsOf(side.points), curve: curveOf(side, "ab"[i]!) }));
  const curves = laws.flatMap(({ curve }) => curve);
  const [, reached] = extent(curves.map((point) => point.x));
  const questions = at.map(({ C, a: { value: loss }, effectiveCompute: { value, ci95 } }): Question => {
    const ratio = Number.isFinite(value) && value > 0 ? value : undefined;
    return { x: C, y: loss, ratio, spread: known(ci95) };
  });
  // A ratio far off is stated, and its end is not shown.
  const steps = questions.flatMap(({ x, y, ratio }) =>
    ratio === undefined || ratio * x > reached || ratio < 1 / near
      ? []
      : [{ low: x, high: ratio * x, x: ratio * x, y }],
  );
  const crossings = crossing.ok ? [{ value: crossing.C, ci95: crossing.ci95 }] : [];
  const caption =
    "The optimal loss of both with pointwise 95 % bands, dashed beyond their own runs; dots are what each was fitted to. From each open dot on A a line leads to the compute at which B is as good: the number is that compute over C, with its 95 % interval as the pale bar. Shaded upright: where the two cross, at 95 %.";
  const drawing = chart(({ theme, small }) => {
    const seen = [...curves, ...laws.flatMap(({ points }) => points), ...questions].map((point) => point.y);
    const computes = [...curves, ...questions, ...steps].map((point) => point.x);
    const x = logAxis(quantities.C, computes, small ? 4 : 9, 0.03);
    const y = logAxis(optimal(quantity).loss, rangeWithBand(seen, curves), 7);
    const colours = [theme.scale(0.3), theme.heldOut];
    const spreads = questions.flatMap(({ x: C, y, spread }) =>
      cut(spread && [spread[0] * C, spread[1] * C], x.domain).map((ends) => ({ y, ...ends })),
    );
    return {
      description: `The optimal ${quantity} of ${a.name} and ${b.name} against compute.`,
      x,
      y,
      height: small ? 380 : 460,
      marginRight: 20,
      subtitle: small
        ? "grey steps: compute B needs / C"
        : `steps: compute that B needs for the ${quantity} of A, over C; shaded: 95 % bands`,
      legend: [a, b].map(({ name }, i) => ({ text: name, color: colours[i]! })),
      labels: [
        ...crossings.flatMap(({ value: C }) => {
          const highest = extent(laws[0]!.curve.map((point) => point.y))[1];
          const text = `cross at ${scientific(C)}`;
          return isOn(x, C) ? [{ x: C, y: highest, text, color: theme.muted, side: sideOf(x, C) }] : [];
        }),
        ...questions.map((question) => ({ ...ratioLabel(question, x), color: theme.ink })),
      ],
      marks: [
        ...crossings.flatMap((place) => placeMarks(place, "x", { x, y }, theme.muted, 0.12, "crossing")),
        // Runs scatter above the optimum, and lie below its line.
        ...laws.map(({ points }, i) => dots(points, theme, colours[i]!, `point-${"ab"[i]}`, dim(points.length))),
        ...laws.flatMap(({ points, curve }, i) => {
          const [letter, fill] = ["ab"[i]!, colours[i]!];
          const fittedTo = [a, b][i]!.fitted?.[1] ?? reach(points.map((point) => point.x));
          const names = { name: `law-${letter}`, bandName: `band-${letter}` };
          return curveMarks(curve, { fittedTo, domain: y.domain, stroke: fill, fill, ...names });
        }),
        barsAcross(spreads, theme.ink, 9, { strokeOpacity: 0.22, className: "ratio-interval" }),
        barsAcross(steps, theme.ink, 1.5, { className: "step" }),
        rings(questions, theme.ink, "asked", { r: 3.5, fill: theme.surface, strokeWidth: 1.5 }),
        Plot.dot(steps, { x: "x", y: "y", r: 3.5, fill: theme.ink, className: "reached" }),
      ],
    };
  });
  return figure(caption, drawing);
};

/** More dots than this are runs, not optima. */
const few = 12;

const dim = (n: number) => (n > few ? { r: 2.5, fillOpacity: 0.55, strokeWidth: 0.5 } : {});

/** An effective compute less than one part in this is told in words. */
const near = 1e4;

/** A curve to where it is no longer positive. */
const curveOf = ({ curve }: Comparison["a"], letter: string): CurvePoint[] => {
  const whole = some(`${letter}.curve`, curve, "point").map(({ C, loss, ci95 }) => ({ x: C, y: loss, ci95 }));
  const end = whole.findIndex(({ y }) => y <= 0);
  const positive = whole.slice(0, end > 0 ? end : undefined);
  onLogAxes(`${letter}.curve`, positive, ["x", "y"]);
  return positive;
};

/** What B needs at one compute to be as good as A, whose law runs through the point. */
interface Question extends Point {
  /** Compute that B needs, over the one asked about; undefined where B never reaches the loss. */
  readonly ratio: number | undefined;
  readonly spread: ReturnType<typeof known>;
}

/** Both curves fall, so there is room below them to the left and above them to the right; where B is below A only the latter. */
const ratioLabel = ({ x, y, ratio, spread }: Question, axis: Axis) => {
  const ends = spread ? ` [${spread.map((end) => significant(end, 3)).join(", ")}]` : "";
  const text = ratio === undefined ? "B never reaches this" : `×\u2009${significant(ratio, 3)}${ends}`;
  const side = scaleOf(axis, 0, 1)(x) > (ratio !== undefined && ratio < 1 ? 0.8 : 0.25) ? "left" : "right";
  return { x, y, text, side, lift: side === "left" ? -14 : 14 } as const;
};
