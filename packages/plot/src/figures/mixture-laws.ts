import { extent, type IsoFlop, lawCurve } from "@isoflop/scaling";
import { type Figure, figure } from "../chart/figure.js";
import { optimal, quantities } from "../chart/quantity.js";
import { listOf } from "../chart/several.js";
import { budgetsOf, verticesOf } from "./budgets.js";
import { type LawPanel, lawDrawing, lawPanels, type OtherCurve } from "./law-panel.js";
import {
  askedOf,
  byCompute,
  exponentFormat,
  exponentText,
  heldOutMarksOnLog,
  type LawName,
  type LawsFigureOptions,
  lawNames,
} from "./laws.js";
import { curveOf, type OptimumLaw } from "./optimum-law.js";

/** What a study's law is held against. */
export interface MixtureLawsOptions extends Pick<LawsFigureOptions, "heldOut"> {
  /** Approach 2 of the same runs: its optima are points, its power laws thin lines. */
  readonly fit: IsoFlop;
}

/**
 * The law that predicts against compute, side by side: size, data and loss, with the 95 % band of its mixture, from the smallest budget to
 * the largest that is held out; the optima of the budgets, Approach 2's power law beside it, and what was held out.
 */
export const mixtureLawsFigure = (law: OptimumLaw, options: MixtureLawsOptions): Figure =>
  lawPanels(
    mixtureCaption,
    "The law that predicts and Approach 2's power laws against compute.",
    lawNames.map((name) => panelOf(law, name, options)),
  );

export const mixtureCaption =
  "The law that predicts: median and pointwise 95 % band over forms of surface, dashed beyond the largest fitted budget. Diamonds: the optima of single budgets; thin: the power laws through them (Approach 2), which do not predict here.";

/** One of the laws of {@link mixtureLawsFigure}. */
export const mixtureLawFigure = (law: OptimumLaw, name: LawName, options: MixtureLawsOptions): Figure =>
  figure("", lawDrawing(panelOf(law, name, options)), 380);

const panelOf = (law: OptimumLaw, name: LawName, { fit, heldOut }: MixtureLawsOptions): LawPanel => {
  const held = listOf(heldOut);
  const budgets = budgetsOf(fit);
  const optima = verticesOf(budgets).map(({ C, [name]: y, index }) => ({ x: C, y, index }));
  const computes = byCompute(held).map(([{ prediction }]) => prediction.given.C);
  const answers = law.upTo(extent([...law.fitted, ...computes])[1]);
  const predicted = computes.flatMap((C) => law.at(C) ?? []);
  const others = approach2(
    fit,
    name,
    answers.map(({ C }) => C),
  );
  return {
    title: exponentText(law.exponents()[name], exponentFormat(name)),
    x: quantities.C,
    y: optimal(fit.choices.quantity)[name],
    curve: curveOf(answers, name),
    fittedTo: law.fitted[1],
    optima,
    of: budgets.length,
    others,
    seen: others.flatMap(({ curve }) => curve.map(({ y }) => y)),
    asked: name === "loss" ? heldOutMarksOnLog(held) : predicted.map((answer) => askedOf(answer.C, answer[name])),
    trained: name === "loss" ? [] : held.flatMap(({ runs }) => runs.map((run) => ({ x: run.C, y: run[name] }))),
    pad: held.length > 0 ? 0.08 : 0.03,
  };
};

const approach2 = (fit: IsoFlop, name: LawName, computes: readonly number[]): OtherCurve[] => {
  const { [name]: power } = fit;
  if (!power.ok) return [];
  return [
    {
      name: "approach-2",
      text: `Approach 2, exponent ${exponentFormat(name)(power.exponent.value)}`,
      color: ({ muted }) => muted,
      curve: lawCurve(power, computes),
      dashed: true,
    },
  ];
};
