import {
  evaluateBroken,
  predictiveLoss,
  predictPowerLaw,
  predictSaturating,
  type SaturatingLaw,
} from "@isoflop/scaling";
import { usageError } from "../exit.js";
import type { Law, LawDocument } from "../fit/law/fit.js";
import type { PredictChoices, Predicted, Prediction } from "./predict.js";

export const lawPredictions = ({ fit, data }: LawDocument, { at }: PredictChoices): Prediction[] => {
  if (!at) throw usageError("an x is needed: --at x");
  return at.map((x): Prediction => ({ given: { x }, predicted: { y: predictLaw(fit!, data, x) }, notes: {} }));
};

/** A broken law has no interval of its own: its breaks beyond the data are unknown. */
const predictLaw = (law: Law, data: LawDocument["data"], x: number): Predicted => {
  if (law.kind === "power") return predictPowerLaw(law, x);
  if (law.kind === "broken") return { value: evaluateBroken(law, x) };
  const atBestFloor = predictSaturating(law, x);
  const spread = overFloors(law, data, x);
  if (!spread) return atBestFloor;
  const [low, high] = spread.interval95;
  const covers = low <= atBestFloor.value && atBestFloor.value <= high;
  return covers ? { value: atBestFloor.value, interval95: spread.interval95 } : atBestFloor;
};

/**
 * A falling law's interval integrates over floors: around the best floor alone it would be far too short. It knows laws that fall
 * no faster than 1/x; any other is taken at its best floor.
 */
const overFloors = ({ exponent }: SaturatingLaw, { x: C, y: loss }: LawDocument["data"], x: number) => {
  if (!(exponent.value > 0 && exponent.value <= 1)) return undefined;
  return predictiveLoss({ C, loss, leverage: C.map(() => 1), noiseVariance: 0, noiseDegreesOfFreedom: 0 }, x);
};
