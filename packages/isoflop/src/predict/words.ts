import type { FitPrediction } from "@isoflop/scaling";
import { interval, num, percent, round, signedPercent } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import { LOSS } from "../words/quantity.js";
import type { PredictionDocument } from "./predict.js";

/** What a person reads of predictions. */
export const predictionWords = ({ predictions, status, message }: PredictionDocument): Words => [
  status !== "converged"
    ? `caution: the fit is not sound, ${status}: ${message}`
    : message !== undefined && `caution: ${message}`,
  ...predictions.map((prediction): Passage => ({ ...predictionTable(prediction), notes: notesOf(prediction) })),
];

/** One question and its answers. */
export const predictionTable = ({ given, predicted, quantity = LOSS }: FitPrediction): Passage => {
  const named = (name: string) => (name === "loss" ? quantity : name);
  const ofOptimum = predicted.N !== undefined && given.N === undefined;
  const names: Readonly<Record<string, string>> = {
    N: "optimal N",
    D: "optimal D",
    ...(ofOptimum && { loss: `${quantity} at the optimum` }),
  };
  const asked = Object.entries(given).map(([name, value]) => `${named(name)} = ${round(value)}`);
  return table(
    [`at ${asked.join(", ")}`, "value", "the law lies in", "a new run falls in"],
    Object.entries(predicted).map(([name, { value, ci95, interval95 }]) => [
      names[name] ?? named(name),
      num(value, 6),
      ci95 ? interval(ci95) : "–",
      interval95 ? interval(interval95) : "–",
    ]),
  );
};

const notesOf = ({ quantity = LOSS, predicted, notes }: FitPrediction): string[] => {
  const { extrapolation, families, forms, parts, widened, deadweight, bias, beyondLink } = notes;
  const ofRun = Object.values(predicted).some(({ interval95 }) => interval95)
    ? "; the interval is for one new run"
    : "";
  return [
    extrapolation !== undefined &&
      extrapolation > 1 &&
      `${num(extrapolation, 3)} times the largest fitted budget${ofRun}`,
    bias && biasText(bias, quantity),
    families && `by kind of law: ${familiesText(families)}`,
    forms && `by form of surface: ${familiesText(forms)}`,
    parts &&
      Object.keys(parts).length > 1 &&
      `by the budgets that were fitted: ${partsText(parts)}; the wider is the answer`,
    widened !== undefined &&
      `errors of forms are widened up to ${num(widened, 3)}-fold, as they missed runs that were held out`,
    beyondLink !== undefined &&
      `the loss lies ${percent(beyondLink, 0)} of their range beyond the losses that the link was fitted to`,
    deadweight !== undefined && `compute beyond what an optimal run of this loss needs: ${percent(deadweight, 1)}`,
  ].filter((line) => typeof line === "string");
};

const biasText = ({ N, D, loss }: NonNullable<FitPrediction["notes"]["bias"]>, quantity: string): string =>
  `caution: the plain laws of Approach 2 are off here by ${signedPercent(N, 1)} in N, ${signedPercent(D, 1)} in D and ${signedPercent(loss)} in the ${quantity}, by what was fitted to all these runs; that is taken out`;

const partsText = (parts: NonNullable<FitPrediction["notes"]["parts"]>): string =>
  Object.entries(parts)
    .map(
      ([name, { value, interval95 }]) =>
        `${name === "all" ? "all" : "without the smallest"} ${num(value)} (${interval(interval95)})`,
    )
    .join(", ");

const familiesText = (families: NonNullable<FitPrediction["notes"]["families" | "forms"]>): string =>
  Object.entries(families)
    .flatMap(([name, family]) => (family ? [`${name} ${num(family.value)} (weight ${percent(family.weight, 0)})`] : []))
    .join(", ");
