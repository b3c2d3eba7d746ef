import {
  extent,
  type FitPrediction,
  type IsoFlop,
  type IsoFlopLaw,
  type PowerLaw,
  type Predicted,
  predictPowerLaw,
  type Run,
  spaced,
} from "@isoflop/scaling";
import type { Asked, Measurement } from "../chart/asked.js";
import { padded } from "../chart/axis.js";
import { banded } from "../chart/curve.js";
import type { Figure } from "../chart/figure.js";
import { fixed, significant } from "../chart/format.js";
import { known, reach } from "../chart/interval.js";
import { optimal, quantities } from "../chart/quantity.js";
import { drawable, refused, some } from "../error.js";
import { budgetsOf, verticesOf } from "./budgets.js";
import { beyond, type LawPanel, lawPanel, lawPanels } from "./law-panel.js";

export type LawName = IsoFlopLaw;
export const lawNames: readonly LawName[] = ["N", "D", "loss"];

/** A compute beyond the fit: predicted first, measured afterwards. */
export interface HeldOut {
  readonly prediction: FitPrediction<"C", "loss">;
  readonly measured?: Measurement;
  /** What was trained there. */
  readonly runs: readonly Run[];
}

export interface LawsFigureOptions {
  /** Predictions of the fit, drawn in all three laws. */
  readonly asked?: readonly FitPrediction<"C", LawName>[];
  readonly heldOut?: HeldOut | undefined;
}

/**
 * The optima of a fit against compute and the laws through them, side by side: size, data and loss. Laws that were refused are left out.
 * @throws PlotInputError where there is none
 */
export const lawsFigure = (fit: IsoFlop, options: LawsFigureOptions = {}): Figure => {
  const laws = some(
    "laws",
    lawNames.filter((name) => fit[name].ok),
    "fitted law",
  );
  const { asked = [] } = options;
  const { quantity } = fit.choices;
  const caption =
    asked.length > 0
      ? `The optima of the budgets and the power laws through them. ${askedWords} The predicted ${quantity} weighs laws with and without a floor, so it may stand off the power law that is drawn.`
      : "The optima against compute, and the laws through them. Grey: pointwise 95 % bands. Beyond the largest budget the lines are extrapolations.";
  const panels = laws.map((name) => panelOf(fit, name, options));
  return lawPanels(caption, "The three scaling laws against compute.", panels);
};

/** What the marks of a prediction mean. */
export const askedWords =
  "Orange: what was asked; the dark bar is where the law lies at 95 %, the pale one where a new run falls. Grey: pointwise 95 % bands; dashed: beyond the data.";

/** One of the laws of {@link lawsFigure}. */
export const optimumLawFigure = (fit: IsoFlop, name: LawName, options: LawsFigureOptions = {}): Figure =>
  lawPanel("", panelOf(fit, name, options), 380);

/** Samples of a law over its panel. */
const steps = 65;

const panelOf = (fit: IsoFlop, name: LawName, { asked = [], heldOut }: LawsFigureOptions): LawPanel => {
  const law = fit[name];
  if (!law.ok) throw refused(`fit.${name}`, law.reason, "a fitted law");
  const budgets = budgetsOf(fit);
  const optima = verticesOf(budgets).map(({ C, [name]: y, index }) => ({ x: C, y, index }));
  const predictions = [
    ...asked.map((one) => askedOf(one.given.C, one.predicted[name])),
    ...(heldOut && name === "loss" ? [heldOutAsked(heldOut)] : []),
  ];
  const beyondFit = [...asked, ...(heldOut ? [heldOut.prediction] : [])].map(({ given }) => given.C);
  const computes = [...optima.map(({ x }) => x), ...beyondFit];
  const at = (x: number) => predictPowerLaw(law, x);
  const bandOver = (from: number, to: number) => spaced(from, to, 61).map((x) => banded(x, at(x).value, at(x).ci95));
  const shared = {
    x: quantities.C,
    y: optimal(fit.choices.quantity)[name],
    fittedTo: reach(optima.map(({ x }) => x)),
    optima,
    of: budgets.length,
    asked: predictions,
  };
  // The figure is about what is asked, and ends there.
  if (asked.length > 0) {
    const title = `power law, exponent ${significant(law.exponent.value)}`;
    return { ...shared, title, curve: bandOver(...extent(computes)) };
  }
  const [first, last] = extent(fit.budgets.map(({ C }) => C));
  return {
    ...shared,
    title: exponentText(name, law),
    curve: spaced(...padded(computes, "log", 0.12), steps).map((x) => ({ x, y: at(x).value })),
    band: bandOver(first, heldOut ? heldOut.prediction.given.C : beyond * last),
    trained: heldOut && name !== "loss" ? heldOut.runs.map((run) => ({ x: run.C, y: run[name] })) : [],
    pad: 0,
    marginRight: 16,
  };
};

/** A predicted number at x. */
export const askedOf = (x: number, { value, ci95, interval95 }: Predicted): Asked => {
  const [law, run] = [known(ci95), known(interval95)];
  return { x, y: drawable(`asked at ${x}`, value, "log"), ...(law && { ci95: law }), ...(run && { interval95: run }) };
};

export const heldOutAsked = ({ prediction, measured }: HeldOut): Asked => ({
  ...askedOf(prediction.given.C, prediction.predicted.loss),
  ...(measured && { measured }),
});

/** Exponents of the loss are an order of magnitude smaller than those of size and data. */
export const exponentDecimals = (name: LawName): number => (name === "loss" ? 4 : 3);

/** E.g. "exponent 0.568, 95 % [0.550, 0.590]". */
const exponentText = (name: LawName, { exponent }: PowerLaw): string => {
  const [middle, low, high] = [exponent.value, ...exponent.ci95].map((value) => fixed(value, exponentDecimals(name)));
  return `exponent ${middle}, 95 % [${low}, ${high}]`;
};
