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
import type { Axis } from "../chart/axis.js";
import { type ChartSpec, chart, legendHeight } from "../chart/chart.js";
import type { CurvePoint } from "../chart/curve.js";
import { type Figure, panels } from "../chart/figure.js";
import { cut } from "../chart/interval.js";
import { barsUp, dots, zeroLine } from "../chart/marks.js";
import { optimal, percentAxis, quantities, valueText } from "../chart/quantity.js";
import type { Look } from "../chart/sheet.js";
import type { Theme } from "../chart/theme.js";
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
 * The optimum against compute over all forms, with the band of their mixture, and what each of them says alone, with its weight. Dashed
 * beyond the largest run.
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
  const taking = fit.forms.filter(({ weight }) => weight > 0);
  const others = (name: LawName): OtherCurve[] =>
    taking.map(({ fit: surface, weight }) => ({
      name: surface.form,
      color: colourOf(surface.form, fit.forms),
      text: `${surface.form}, ${share(weight)}`,
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
  const caption = `The optimum over ${taking.length === 1 ? "the one form that takes part" : `${taking.length} forms`}, with the pointwise 95 % band of the mixture; thin: each form alone, with its weight. ${asked.length > 0 ? askedWords : "Dashed beyond the largest run."}`;
  return lawPanels(caption, `Optimal size, data and ${quantity} by forms of surface.`, laws);
};

/** A form has the same colour in every figure of a roll-out. */
const colourOf = (name: string, forms: RollOut["forms"]) => {
  const place = forms.findIndex(({ fit }) => fit.form === name);
  return (theme: Theme): string => theme.budget(place, forms.length);
};

const titles: Readonly<Record<LawName, string>> = { N: "size", D: "data", loss: "loss" };

/** Half width of a 95 % interval in standard errors, for many degrees of freedom. */
const z95 = 1.96;

/**
 * What each form, fitted to the smaller runs, said of the larger: its mean error in percent with the 95 % interval that it promised, for
 * each division along compute, size and data. A bar that does not reach zero is a form that did not know how wrong it was.
 */
export const rollOutErrorsFigure = (rolled: RollOut): Figure => {
  const { cuts, forms: members } = rolled;
  some("cuts", cuts, "division of the runs");
  const names = members
    .map(({ fit }) => fit.form)
    .filter((name) => cuts.some(({ forms }) => Object.hasOwn(forms, name)));
  const axes = rollOutAxes.filter((axis) => cuts.some(({ along }) => along === axis));
  const drawings = axes.map((axis) => chart((look) => errorsChart(axis, rolled, names, look)));
  const caption =
    "Roll-outs: each form is fitted to the runs up to a compute, a size or an amount of data, and predicts those beyond. Its mean error with the 95 % interval that it promised: a bar that does not reach zero belongs to a form that did not know how wrong it was.";
  const description = `Errors of ${names.join(", ")} on runs that were held out.`;
  return panels(caption, description, drawings, 1140, (width) => (width < 720 ? 1 : axes.length));
};

/** Share of a place on the axis that the bars of all forms take. */
const spread = 0.7;

const errorsChart = (
  axis: RollOutAxis,
  { cuts, forms: members }: RollOut,
  names: readonly string[],
  { theme, width, small }: Look,
): ChartSpec => {
  // Divisions lie anywhere along C, N or D: each has a place of its own, so that no bar covers another.
  const here = cuts.filter(({ along }) => along === axis).sort((a, b) => a.above - b.above);
  const said = names.map((name, k) => {
    const points = here.flatMap(({ forms }, place) => {
      const one = Object.hasOwn(forms, name) ? forms[name] : undefined;
      if (!one) return [];
      const half = one.t === 0 ? 0 : z95 * Math.abs(one.bias / one.t);
      const x = place + spread * ((k + 0.5) / names.length - 0.5);
      return [{ x, y: one.bias, low: one.bias - half, high: one.bias + half }];
    });
    return { name, points, colour: colourOf(name, members)(theme) };
  });
  const all = said.flatMap(({ points }) => points);
  const quantity = quantities[axis];
  const x: Axis = {
    label: `${quantity.label}, held out above`,
    type: "linear",
    domain: [-0.5, here.length - 0.5],
    ticks: here.map((_, place) => place),
    format: (place) => `> ${valueText(quantity, here[place]!.above)}`,
  };
  // The bar of a form that promises little would leave nothing to see of the others: it runs out of the frame.
  const room = 3 * Math.max(...all.map(({ y }) => Math.abs(y)), 1e-4);
  const y = percentAxis(
    "ln(predicted / measured), %",
    [0, ...all.flatMap(({ y, low, high }) => [y, Math.max(-room, low), Math.min(room, high)])],
    6,
    0.04,
  );
  return {
    description: `Mean errors of ${names.length} forms on runs of larger ${axis}.`,
    x,
    y,
    height: (small ? 320 : 400) + legendHeight(names, width, small),
    legend: said.map(({ name, colour }) => ({ text: name, color: colour })),
    marks: [
      zeroLine(theme),
      ...said.flatMap(({ name, points, colour }): Plot.Markish[] => [
        barsUp(
          points.flatMap(({ x, low, high }) => cut([low, high], y.domain).map((ends) => ({ x, ...ends }))),
          colour,
          2,
          { className: `promised-${name}` },
        ),
        dots(points, theme, colour, `error-${name}`),
      ]),
    ],
  };
};

const share = (weight: number): string => `${weight < 0.01 ? "< 1" : Math.round(100 * weight)}\u00A0%`;
