import {
  type Corrected,
  type CorrectedLaw,
  type Estimate,
  extent,
  type FitPrediction,
  type IsoFlop,
  type IsoFlopLaw,
  lawCurve,
  type Parameters,
  type Predicted,
  predictPowerLaw,
  type Run,
  spaced,
} from "@isoflop/scaling";
import type { Asked, Measurement } from "../chart/asked.js";
import { padded } from "../chart/axis.js";
import type { Figure } from "../chart/figure.js";
import { fixed, significant } from "../chart/format.js";
import { known, reach } from "../chart/interval.js";
import { optimal, quantities } from "../chart/quantity.js";
import { listOf, type Several } from "../chart/several.js";
import { drawable, refused, some } from "../error.js";
import { budgetsOf, verticesOf } from "./budgets.js";
import { beyond, type LawPanel, lawPanel, lawPanels } from "./law-panel.js";

export type LawName = IsoFlopLaw;
export const lawNames: readonly LawName[] = ["N", "D", "loss"];

/** A compute beyond the fit, or a size there: predicted first, measured afterwards. */
export interface HeldOut {
  readonly prediction: FitPrediction<"C", "loss">;
  readonly measured?: Measurement | undefined;
  /** Size of the model that tests it, where it is known. */
  readonly N?: Parameters | undefined;
  /** Of its hidden layers. */
  readonly width?: number | undefined;
  /** What was trained there. */
  readonly runs: readonly Run[];
}

export interface LawsFigureOptions {
  /** Predictions of the fit, drawn in all three laws. */
  readonly asked?: readonly FitPrediction<"C", LawName>[];
  readonly heldOut?: Several<HeldOut>;
}

/**
 * The optima of a fit against compute and the laws through them, side by side: size, data and loss. Laws that were refused are left out.
 * @throws PlotInputError where there is none
 */
export const lawsFigure = (fit: IsoFlop, options: LawsFigureOptions = {}): Figure => {
  const laws = lawNames.filter((name) => fit[name].ok);
  some("laws", laws, "fitted law");
  const { asked = [] } = options;
  const { quantity } = fit.choices;
  const without = unbiased(fit, asked) ? ", without the bias of Approach 2" : "";
  const caption =
    asked.length > 0
      ? `The optima of the budgets and the power laws through them${without}. ${askedWords} The predicted ${quantity} weighs laws with and without a floor, so it may stand off the power law that is drawn.`
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

const panelOf = (fit: IsoFlop, name: LawName, { asked = [], heldOut }: LawsFigureOptions): LawPanel => {
  const held = listOf(heldOut);
  const law = fit[name];
  if (!law.ok) throw refused(`fit.${name}`, law.reason, "a fitted law");
  const budgets = budgetsOf(fit);
  const corrected = unbiased(fit, asked);
  const optima = verticesOf(budgets).map(({ C, [name]: y, index }, b) => ({
    x: C,
    y: corrected?.budgets[b]?.[name] ?? y,
    index,
  }));
  const predictions = [
    ...asked.map((one) => askedOf(one.given.C, one.predicted[name])),
    ...(name === "loss" ? heldOutMarksOnLog(held) : []),
  ];
  const beyondFit = [...asked, ...held.map(({ prediction }) => prediction)].map(({ given }) => given.C);
  const computes = [...optima.map(({ x }) => x), ...beyondFit];
  const drawn = corrected?.[name];
  const over = (from: number, to: number, points: number) => {
    const xs = spaced(from, to, points);
    return drawn ? xs.map((x) => correctedAt(drawn, x)) : lawCurve(law, xs);
  };
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
    const title = `power law, exponent ${significant((drawn ?? law).exponent.value)}`;
    return { ...shared, title, curve: over(...extent(computes), 61) };
  }
  const [first, last] = extent(fit.budgets.map(({ C }) => C));
  return {
    ...shared,
    title: exponentText(law.exponent, exponentFormat(name)),
    curve: over(...padded(computes, "log", 0.12), 65),
    band: over(first, held.length > 0 ? extent(beyondFit)[1] : beyond * last, 61),
    trained: name === "loss" ? [] : held.flatMap(({ runs }) => runs.map((run) => ({ x: run.C, y: run[name] }))),
    pad: 0,
    marginRight: 16,
  };
};

/** The laws that predictions were made from, where the bias of their method was taken out. */
const unbiased = ({ corrected }: IsoFlop, asked: readonly FitPrediction[]): Corrected | undefined =>
  corrected?.ok && asked.some(({ notes }) => notes.bias) ? corrected : undefined;

const correctedAt = (law: CorrectedLaw, x: number) => {
  const { value: y, ci95 } = predictPowerLaw(law, x);
  return { x, y, ci95 };
};

/** A predicted number at x. */
export const askedOf = (x: number, { value, ci95, interval95 }: Predicted): Asked => {
  const y = drawable(`asked at ${x}`, value, "log");
  return { x, y, ci95: known(ci95), interval95: known(interval95) };
};

export const heldOutAsked = ({ prediction, measured }: HeldOut): Asked => ({
  ...askedOf(prediction.given.C, prediction.predicted.loss),
  measured,
});

/** Checks by their compute, in the order of the first of each. */
export const byCompute = (heldOut: readonly HeldOut[]): (readonly [HeldOut, ...HeldOut[]])[] => {
  const computes = [...new Set(heldOut.map(({ prediction }) => prediction.given.C))];
  return computes.map((C) => {
    const checks = heldOut.filter(({ prediction }) => prediction.given.C === C);
    return checks as unknown as readonly [HeldOut, ...HeldOut[]];
  });
};

/** The check whose model came to the least loss; undefined where nothing is measured yet. */
export const bestOf = (checks: readonly HeldOut[]): HeldOut | undefined =>
  checks.reduce<HeldOut | undefined>((best, one) => {
    if (!one.measured) return best;
    return best?.measured && best.measured.value <= one.measured.value ? best : one;
  }, undefined);

/** Pixels between the bars of several sizes of one compute. */
const apart = 15;

/** Those of {@link heldOutMarks} on a log axis, which has no place for a metric that came to nothing or less. */
export const heldOutMarksOnLog = (heldOut: readonly HeldOut[]): Asked[] =>
  heldOutMarks(heldOut).map(({ measured, ...mark }) => (measured && measured.value > 0 ? { ...mark, measured } : mark));

/** Held-out checks as marks; sizes of one compute stand beside each other, the smallest at the left. */
export const heldOutMarks = (heldOut: readonly HeldOut[]): Asked[] =>
  byCompute(heldOut).flatMap((checks) =>
    checks.map((check, i) => ({ ...heldOutAsked(check), shift: (i - (checks.length - 1) / 2) * apart })),
  );

/** Exponents of the loss are an order of magnitude smaller than those of size and data. */
export const exponentFormat = (name: LawName) => (value: number) => fixed(value, name === "loss" ? 4 : 3);

/** E.g. "exponent 0.568, 95 % [0.550, 0.590]". */
export const exponentText = ({ value, ci95 }: Estimate, format: (value: number) => string): string =>
  `exponent ${format(value)}, 95 % [${ci95.map(format).join(", ")}]`;
