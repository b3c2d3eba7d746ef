import { type IsoFlop, predictPowerLaw } from "@isoflop/scaling";
import { type Asked, askedMarks, askedValues, measuredOf, spread } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { scientific, signedPercent } from "../chart/format.js";
import type { PointLabel } from "../chart/labels.js";
import { barsAcross, barsUp, diamonds, dots, line, zeroLine } from "../chart/marks.js";
import { linearAxis, logAxis, percentAxis, quantities } from "../chart/quantity.js";
import { listOf, type Several } from "../chart/several.js";
import { refused, some } from "../error.js";
import { budgetsOf, colourOf, verticesOf } from "./budgets.js";
import { type HeldOut, heldOutMarks } from "./laws.js";
import type { OptimumLaw } from "./optimum-law.js";

export interface CheckOptions {
  /** Compute beyond the fit, which tests it. */
  readonly heldOut?: Several<HeldOut>;
  /** The law that predicts, where it is another than the power law of the fit. */
  readonly law?: OptimumLaw | undefined;
}

/** The optima of a fit beside its law, and what tests it. */
const checkOf = (fit: IsoFlop, { heldOut, law }: CheckOptions) => {
  const lossAt = law ? (C: number) => law.at(C)?.loss.value : powerLaw(fit);
  const budgets = budgetsOf(fit);
  const vertices = some("fit.budgets", verticesOf(budgets), "interior optimum");
  const optima = vertices.flatMap(({ C, loss }) => {
    const predicted = lossAt(C);
    return predicted === undefined ? [] : [{ C, predicted, measured: loss }];
  });
  return { optima, budgets, asked: heldOutMarks(listOf(heldOut)) };
};

const powerLaw = ({ loss: law }: IsoFlop): ((C: number) => number) => {
  if (!law.ok) throw refused("fit.loss", law.reason, "a fitted law");
  return (C) => predictPowerLaw(law, C).value;
};

/** Loss at every fitted optimum against the law's value there, and the held-out compute; the diagonal is agreement. */
export const predictedMeasuredFigure = (fit: IsoFlop, options: CheckOptions = {}): Figure => {
  const { optima, budgets, asked } = checkOf(fit, options);
  const { quantity } = fit.choices;
  const points = optima.map(({ C, predicted, measured }) => ({ C, x: predicted, y: measured }));
  const tests = asked.filter(({ measured }) => measured);
  const held = tests.flatMap(({ x: C, y: predicted, interval95 = [predicted, predicted], measured }) => {
    const [low, high] = interval95;
    return measured ? [{ C, x: predicted, y: measured.value, low, high, spread: spread(measured) }] : [];
  });
  const values = [...points.flatMap(({ x, y }) => [x, y]), ...tests.flatMap(askedValues)];
  const x = linearAxis({ label: `predicted ${quantity}` }, values, 6);
  const caption = `Measured against predicted ${quantity} at the fitted optima and the held-out compute, with the line of agreement.`;
  const drawing = chart(({ theme, width }) => {
    const { heldOut: orange } = theme;
    const colour = colourOf(theme, budgets);
    const diagonal = { strokeWidth: 1.5, strokeDasharray: "2 4" };
    return {
      description: `Measured ${quantity} against predicted ${quantity}; the diagonal is perfect agreement.`,
      x,
      y: { ...x, label: `measured ${quantity}` },
      labels: [
        ...points.map(({ C, x, y }): PointLabel => ({ x, y, text: scientific(C), color: colour(C), side: "left" })),
        ...highest(held).map(({ high, y }) => ({ x: high, y, text: "held out", color: orange, bold: true })),
      ],
      height: Math.round(width * 0.9),
      marks: [
        line(
          x.domain.map((v) => ({ x: v, y: v })),
          theme.muted,
          "diagonal",
          diagonal,
        ),
        barsAcross(held, orange, 10, { strokeOpacity: 0.3, className: "interval" }),
        barsUp(
          held.map(({ C, x, spread: [low, high] }) => ({ C, x, low, high })),
          orange,
          1.5,
          { className: "spread" },
        ),
        diamonds(points, theme, ({ C }) => colour(C), "optimum"),
        dots(held, theme, orange, "measured", { r: 4.5, strokeWidth: 1.5 }),
      ],
      subtitle: "diamonds: fitted optima; bar: 95 % prediction interval",
    };
  });
  return figure(caption, drawing, 480);
};

/** Of several of one compute the one whose bar reaches furthest. */
const highest = <T extends { readonly C: number; readonly high: number }>(held: readonly T[]): readonly T[] => [
  ...new Map([...held].sort((a, b) => a.high - b.high).map((one) => [one.C, one])).values(),
];

/** A prediction and its measurement as shares of the prediction. */
const relative = ({ x, y, interval95, measured, shift = 0 }: Asked): Asked => ({
  x,
  y: 0,
  shift,
  interval95: interval95 && [interval95[0] / y - 1, interval95[1] / y - 1],
  measured: measured && { value: measured.value / y - 1, standardError: measured.standardError / y },
});

/** Of several of one compute what is furthest from its prediction, left of them all. */
const farthestOfEach = (asked: readonly Asked[]) =>
  [...new Set(asked.map(({ x }) => x))].flatMap((x) => {
    const here = asked.filter((one) => one.x === x);
    const [first, ...others] = measuredOf(here);
    if (!first) return [];
    const { y } = others.reduce((most, at) => (Math.abs(at.y) > Math.abs(most.y) ? at : most), first);
    return [{ x, y, shift: Math.min(...here.map(({ shift = 0 }) => shift)) }];
  });

/** Deviation of every optimum from the law in percent against compute; the held-out compute with its interval. */
export const deviationFigure = (fit: IsoFlop, options: CheckOptions = {}): Figure => {
  const check = checkOf(fit, options);
  const points = check.optima.map(({ C, predicted, measured }) => ({ x: C, y: measured / predicted - 1 }));
  const asked = check.asked.map(relative);
  const computes = [...points, ...asked].map(({ x }) => x);
  const values = [0, ...points.map(({ y }) => y), ...asked.flatMap(askedValues)];
  const caption = "The deviation from the law in percent of the prediction, against compute.";
  const drawing = chart(({ theme, width }) => ({
    description: `Deviation of measured from predicted ${fit.choices.quantity}, in percent, against compute.`,
    x: logAxis(quantities.C, computes, 5, 0.12),
    y: percentAxis("measured − predicted, % of predicted", values, 6, 0.12),
    labels: farthestOfEach(asked).map(
      (at): PointLabel => ({ ...at, text: signedPercent(at.y), color: theme.heldOut, side: "left", bold: true }),
    ),
    height: Math.round(width * 0.9),
    marks: [
      zeroLine(theme),
      diamonds(points, theme, ({ x }) => colourOf(theme, check.budgets)(x), "optimum"),
      ...askedMarks(asked, theme),
    ],
    subtitle: "tick: prediction; dot: measured; bars: 95 % intervals",
  }));
  return figure(caption, drawing, 480);
};
