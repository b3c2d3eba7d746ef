import {
  extent,
  type FitPrediction,
  optimalAllocation,
  predictRollOut,
  type RollOut,
  type RollOutAxis,
  type Run,
  rollOutAxes,
  spaced,
} from "@isoflop/scaling";
import type * as Plot from "@observablehq/plot";
import { sideOf } from "../chart/axis.js";
import { type ChartSpec, chart } from "../chart/chart.js";
import type { CurvePoint } from "../chart/curve.js";
import { type Figure, panels } from "../chart/figure.js";
import { barsUp, dots, type Point, zeroLine } from "../chart/marks.js";
import { logAxis, optimal, percentAxis, quantities } from "../chart/quantity.js";
import type { Sheet } from "../chart/sheet.js";
import { onLogAxes, refused, some } from "../error.js";
import { beyond, type LawPanel, lawPanels, type OtherCurve } from "./law-panel.js";
import { askedOf, askedWords, type LawName, lawNames } from "./laws.js";
import { computeOf } from "./plane.js";

export interface RollOutFigureOptions {
  /** Predictions of the roll-out; those of a compute are drawn. */
  readonly asked?: readonly FitPrediction[];
}

/** Curves are evaluated at so many computes; each asks every form with its errors. */
const steps = 25;

/**
 * The optimum against compute over all forms, with the band of their mixture, and what each of them says alone: thin lines, the stronger
 * the more weight. Dashed beyond the largest run.
 */
export const rollOutFigure = (
  fit: RollOut,
  runs: readonly Run[],
  { asked = [] }: RollOutFigureOptions = {},
): Figure => {
  const { quantity, largest } = fit;
  onLogAxes("runs", runs, ["C", "loss"]);
  const optima = asked.filter(
    ({ given, predicted }) => given.C !== undefined && given.N === undefined && predicted.loss,
  );
  const questions = optima.map(({ given }) => given.C!);
  const low = runs.length > 0 ? extent(runs.map(({ C }) => C))[0] : largest.C / beyond ** 2;
  const xs = spaced(low, Math.max(beyond * largest.C, ...questions.map((C) => 2 * C)), steps);
  const answers = xs.flatMap((C) => {
    const answer = predictRollOut(fit, { C });
    return answer.ok ? [{ C, ...answer.predicted }] : [];
  });
  if (answers.length === 0)
    throw refused("fit", fit.forms.map(({ fit: { form } }) => form).join(), "forms that have an optimum");
  const others = (name: LawName): OtherCurve[] =>
    fit.forms
      .filter(({ weight }) => weight > 0)
      .map(({ fit: surface, weight }) => ({
        name: surface.form,
        weight,
        curve: xs.flatMap((C) => {
          const best = optimalAllocation(surface, C);
          return best.ok ? [{ x: C, y: best[name] }] : [];
        }),
      }));
  const laws = lawNames.map((name): LawPanel => {
    const curve = answers.map(({ C, [name]: { value, ci95 } }): CurvePoint => ({ x: C, y: value, ci95 }));
    return {
      title: titles[name],
      x: computeOf(fit),
      y: optimal(quantity)[name],
      points: name === "loss" ? runs.map(({ C, loss }) => ({ x: C, y: loss })) : [],
      curve,
      others: others(name),
      fittedTo: largest.C,
      asked: optima.map(({ given, predicted }) => askedOf(given.C!, predicted[name]!)),
    };
  });
  const parts = fit.forms.filter(({ weight }) => weight > 0).length;
  const caption = `The optimum over ${parts === 1 ? "the one form that takes part" : `${parts} forms`}, with the pointwise 95 % band of the mixture; thin: each form alone, the stronger the more weight. ${asked.length > 0 ? askedWords : "Dashed beyond the largest run."}`;
  return lawPanels(caption, `Optimal size, data and ${quantity} by forms of surface.`, laws);
};

const titles: Readonly<Record<LawName, string>> = { N: "size", D: "data", loss: "loss" };

/** Half width of a 95 % interval in standard errors, for many degrees of freedom. */
const z95 = 1.96;

/**
 * What each form, fitted to the smaller runs, said of the larger: its mean error in percent with the 95 % interval that it promised, for
 * each division along compute, size and data. A bar that does not reach zero is a form that did not know how wrong it was.
 */
export const rollOutErrorsFigure = ({ cuts, forms: members }: RollOut): Figure => {
  some("cuts", cuts, "division of the runs");
  const names = members
    .map(({ fit }) => fit.form)
    .filter((name) => cuts.some(({ forms }) => Object.hasOwn(forms, name)));
  const axes = rollOutAxes.filter((axis) => cuts.some(({ along }) => along === axis));
  const drawings = axes.map((axis) => chart((sheet) => errorsChart(axis, cuts, names, sheet)));
  const caption =
    "Roll-outs: each form is fitted to the runs up to a compute, a size or an amount of data, and predicts those beyond. Its mean error with the 95 % interval that it promised: a bar that does not reach zero belongs to a form that did not know how wrong it was.";
  const description = `Errors of ${names.join(", ")} on runs that were held out.`;
  return panels(caption, description, drawings, 1140, (width) => (width < 720 ? 1 : axes.length));
};

/** Forms stand beside each other by this factor of the axis, so that their bars do not cover each other. */
const apart = 1.035;

const errorsChart = (
  axis: RollOutAxis,
  cuts: RollOut["cuts"],
  names: readonly string[],
  { theme, small }: Sheet,
): ChartSpec => {
  const here = cuts.filter(({ along }) => along === axis);
  const said = names.map((name, k) => {
    const points = here.flatMap(({ above, forms }) => {
      const one = Object.hasOwn(forms, name) ? forms[name] : undefined;
      if (!one) return [];
      const half = one.t === 0 ? 0 : z95 * Math.abs(one.bias / one.t);
      const x = above * apart ** (k - (names.length - 1) / 2);
      return [{ x, y: one.bias, low: one.bias - half, high: one.bias + half }];
    });
    return { name, points, colour: theme.budget(k, names.length) };
  });
  const all = said.flatMap(({ points }) => points);
  const x = logAxis(
    quantities[axis],
    all.map((point) => point.x),
    small ? 4 : 5,
    0.12,
  );
  // The bar of a form that promises little would leave nothing to see of the others.
  const room = 3 * Math.max(...all.map(({ y }) => Math.abs(y)), 1e-4);
  const clipped = (v: number) => Math.max(-room, Math.min(room, v));
  const y = percentAxis(
    "ln(predicted / measured), %",
    [0, ...all.flatMap(({ y, low, high }) => [y, clipped(low), clipped(high)])],
    6,
    0.08,
  );
  return {
    description: `Mean errors of ${names.length} forms on runs of larger ${axis}.`,
    x,
    y,
    height: small ? 340 : 400,
    subtitle: `held out: ${axis} above`,
    labels: said.flatMap(({ name, points, colour }) => {
      const last: Point | undefined = points.at(-1);
      return last ? [{ x: last.x, y: last.y, text: name, color: colour, side: sideOf(x, last.x) }] : [];
    }),
    marks: [
      zeroLine(theme),
      ...said.flatMap(({ name, points, colour }): Plot.Markish[] => [
        barsUp(
          points.map((point) => ({ ...point, low: clipped(point.low), high: clipped(point.high) })),
          colour,
          2,
          { className: `promised-${name}` },
        ),
        dots(points, theme, colour, `error-${name}`),
      ]),
    ],
  };
};
