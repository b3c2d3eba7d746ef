import { evaluateBroken, evaluateSaturating, predictiveLoss, predictPowerLaw } from "@isoflop/scaling";
import { usageError } from "../exit.js";
import type { Law, LawDocument } from "../fits/law.js";
import type { PredictChoices, Predicted, Prediction } from "./predict.js";

export function lawPredictions({ fit, data }: LawDocument, { at }: PredictChoices): Prediction[] {
  if (!at) throw usageError("an x is needed: --at x");
  return at.map((x): Prediction => ({ given: { x }, predicted: { y: predictLaw(fit!, data, x) }, notes: {} }));
}

/** A broken law has no interval of its own: its breaks beyond the data are unknown. */
function predictLaw(law: Law, { x: C, y: loss }: LawDocument["data"], x: number): Predicted {
  if (law.kind === "power") return predictPowerLaw(law, x);
  if (law.kind === "broken") return { value: evaluateBroken(law, x) };
  const curve = { C, loss, leverage: C.map(() => 1), noiseVariance: 0, noiseDegreesOfFreedom: 0 };
  // The interval integrates over floors; around the best floor alone it would be far too short.
  const spread = predictiveLoss(curve, x);
  return { value: evaluateSaturating(law, x), ...(spread && { interval95: spread.interval95 }) };
}
