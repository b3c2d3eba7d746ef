import {
  computeForLoss,
  deltaMethod,
  misallocation,
  type Outcome,
  optimalAllocation,
  predictSurface,
  type Surface,
  type SurfaceFit,
} from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import { asSixND } from "../fit/surface/allocation.js";
import { type SurfaceDocument, surfaceOf } from "../fit/surface/fit.js";
import type { PredictChoices, Predicted, Prediction } from "./predict.js";

export const surfacePredictions = (document: SurfaceDocument, choices: PredictChoices): Prediction[] => {
  const { at = [], size, tokens, reach } = choices;
  const fit = surfaceOf(document, document.fit!);
  const { flopsPerToken: k, quantity } = document;
  if ((size === undefined) !== (tokens === undefined)) throw usageError("--size and --tokens go together");
  const predictions = at.map((C) => atCompute(fit, C, k, quantity));
  if (size !== undefined && tokens !== undefined) predictions.push(ofModel(fit, size, tokens, k, quantity));
  if (reach !== undefined) predictions.push(forLoss(fit, reach, k, quantity));
  if (predictions.length === 0) throw usageError("nothing is asked: --at C, --size N --tokens D, or --reach L");
  return predictions;
};

const atCompute = (fit: SurfaceFit, C: number, k: number, quantity: string): Prediction => {
  const compute = asSixND(C, k);
  const { N, D } = answer(optimalAllocation(fit, compute));
  const at = (name: "N" | "D") => positiveEstimate(fit, (s) => answer(optimalAllocation(s, compute))[name]);
  return {
    given: { C },
    predicted: { "optimal N": at("N"), "optimal D": at("D"), [quantity]: predictSurface(fit, { N, D }) },
    notes: {},
  };
};

const ofModel = (fit: SurfaceFit, N: number, D: number, k: number, quantity: string): Prediction => {
  const { excessLoss, sufficient: needed, deadweight } = answer(misallocation(fit, { N, D }));
  const sufficient = (needed * k) / 6;
  return {
    given: { N, D, C: k * N * D },
    predicted: { [quantity]: predictSurface(fit, { N, D }) },
    notes: { excessLoss, sufficient, deadweight },
  };
};

const forLoss = (fit: SurfaceFit, loss: number, k: number, quantity: string): Prediction => {
  answer(computeForLoss(fit, loss));
  const at = (name: "C" | "N" | "D") =>
    positiveEstimate(fit, (s) => {
      const outcome = computeForLoss(s, loss);
      const scale = name === "C" ? k / 6 : 1;
      return outcome.ok ? scale * outcome[name] : Number.NaN;
    });
  return {
    given: { [quantity]: loss },
    predicted: { C: at("C"), "optimal N": at("N"), "optimal D": at("D") },
    notes: {},
  };
};

/** Delta method on the logarithm, so that the interval of a positive number stays positive. */
const positiveEstimate = (fit: SurfaceFit, statistic: (surface: Surface) => number): Predicted => {
  const log = deltaMethod(fit, (surface) => Math.log(statistic(surface)));
  return { value: Math.exp(log.value), ci95: [Math.exp(log.ci95[0]), Math.exp(log.ci95[1])] };
};

const answer = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  return outcome;
};
