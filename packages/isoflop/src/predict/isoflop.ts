import { predictIsoFlop } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { type IsoFlopDocument, isoFlopOf } from "../fit/isoflop/fit.js";
import type { PredictChoices, Prediction } from "./predict.js";

export const isoFlopPredictions = (document: IsoFlopDocument, { at, size }: PredictChoices): Prediction[] => {
  if (!at) throw usageError("a compute is needed: --at C");
  const fit = isoFlopOf(document);
  return at.map((C): Prediction => {
    const outcome = predictIsoFlop(fit, C, size === undefined ? {} : { N: size });
    if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
    const { N, D, loss, extrapolation } = outcome;
    const { value, interval95, ...apart } = loss;
    return {
      given: { C, ...(size !== undefined && { N: size }) },
      predicted: { "optimal N": N, "optimal D": D, [document.choices.quantity]: { value, interval95 } },
      notes: { extrapolation, ...apart },
    };
  });
};
