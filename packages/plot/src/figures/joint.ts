import { extent, type FitPrediction, type JointFit, predictJoint, type Run, spaced } from "@isoflop/scaling";
import type { CurvePoint } from "../chart/curve.js";
import type { Figure } from "../chart/figure.js";
import { optimal } from "../chart/quantity.js";
import { onLogAxes } from "../error.js";
import { beyond, type LawPanel, lawPanels, type OtherCurve } from "./law-panel.js";
import { askedOf, askedWords, type LawName, lawNames } from "./laws.js";
import { computeOf } from "./plane.js";

export interface JointFigureOptions {
  /** Predictions of the fit; those of a compute are drawn. */
  readonly asked?: readonly FitPrediction[];
}

/** Curves are evaluated at so many computes; each asks every floor with its errors. */
const steps = 25;

/** The optimum against compute by all isoFLOP curves at once, with the band of the wider of two fits, and what either says. */
export const jointFigure = (fit: JointFit, runs: readonly Run[], { asked = [] }: JointFigureOptions = {}): Figure => {
  const { quantity, largest, parts } = fit;
  onLogAxes("runs", runs, ["C", "loss"]);
  const optima = asked.filter(
    ({ given, predicted }) => given.C !== undefined && given.N === undefined && predicted.loss,
  );
  const low = runs.length > 0 ? extent(runs.map(({ C }) => C))[0] : parts[0]!.computes[0];
  const xs = spaced(low, Math.max(beyond * largest.C, ...optima.map(({ given }) => 2 * given.C!)), steps);
  const along = (of: JointFit) =>
    xs.flatMap((C) => {
      const answer = predictJoint(of, { C });
      return answer.ok ? [{ C, ...answer.predicted }] : [];
    });
  const answers = along(fit);
  const alone = parts.length > 1 ? parts.map((part) => ({ part, answers: along({ ...fit, parts: [part] }) })) : [];
  const others = (name: LawName): OtherCurve[] =>
    alone.map(({ part, answers: said }, i) => ({
      name: part.over,
      color: (theme) => theme.budget(i, alone.length),
      text: spoken[part.over],
      curve: said.map(({ C, [name]: { value } }) => ({ x: C, y: value })),
    }));
  const laws = lawNames.map(
    (name): LawPanel => ({
      title: titles[name],
      x: computeOf(fit),
      y: optimal(quantity)[name],
      points: name === "loss" ? runs.map(({ C, loss }) => ({ x: C, y: loss })) : [],
      curve: answers.map(({ C, [name]: { value, ci95 } }): CurvePoint => ({ x: C, y: value, ci95 })),
      others: others(name),
      fittedTo: largest.C,
      asked: optima.map(({ given, predicted }) => askedOf(given.C!, predicted[name]!)),
    }),
  );
  const caption = `The optimum by one fit of all isoFLOP curves, over the floors that the runs allow, with the pointwise 95 % band of the wider of two fits: of all budgets and without the smallest. ${asked.length > 0 ? askedWords : "Dashed beyond the largest run."}`;
  return lawPanels(caption, `Optimal size, data and ${quantity} by the joint fit.`, laws);
};

const spoken = { all: "all budgets", larger: "without the smallest" } as const;

const titles: Readonly<Record<LawName, string>> = { N: "size", D: "data", loss: "loss" };
