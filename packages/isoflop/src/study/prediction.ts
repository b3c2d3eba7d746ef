import { type HeldOutMethod, heldOutMethods } from "@isoflop/plot";
import { type FitPrediction, readPrediction } from "@isoflop/scaling";
import { read, text } from "@isoflop/spec";
import * as v from "valibot";
import { inputError } from "../exit.js";

/** What a study said of a held-out budget before anything was trained there. */
export interface StudyPrediction {
  /** Ids of the runs that it was fitted to. */
  readonly from: readonly string[];
  /** Id and size of the run that tests it. */
  readonly run: string;
  readonly model: string;
  readonly prediction: FitPrediction;
  /** What each method said, the one of the prediction first; absent where another version wrote it. */
  readonly methods?: readonly HeldOutMethod[];
}

const known = v.looseObject(
  { from: v.array(text, "a list of ids"), run: text, model: text, methods: v.exactOptional(heldOutMethods) },
  "a record",
);

/** How predictions are told where they are no record by themselves: by the law's own names. */
const unnamed = v.looseObject({ C: v.number(), N: v.unknown(), D: v.unknown(), loss: v.looseObject({}) });

const several = v.looseObject({ record: v.literal("predictions"), predictions: v.array(v.unknown()) });

/** The record of `prediction.json`. */
export const studyPredictions = (predictions: readonly StudyPrediction[]) => ({
  record: "predictions" as const,
  predictions,
});

/** What `prediction.json` says; older versions wrote a single one. @throws CliError, ScalingError naming the first field that is not what it must be */
export const readStudyPredictions = (value: unknown): readonly StudyPrediction[] =>
  v.is(several, value) ? value.predictions.map(readStudyPrediction) : [readStudyPrediction(value)];

const readStudyPrediction = (value: unknown): StudyPrediction => {
  const error = (message: string) => inputError(`prediction.json: ${message}`);
  const { from, run, model, prediction, methods } = read(known, value, { name: "", error });
  const said = readPrediction(recordOf(prediction), "prediction.json: prediction");
  return { from, run, model, prediction: said, ...(methods && { methods }) };
};

const recordOf = (prediction: unknown): unknown => {
  if (!v.is(unnamed, prediction)) return prediction;
  const { C, N, D, loss, extrapolation } = prediction;
  const { value, interval95, ...notes } = loss;
  return {
    record: "prediction",
    quantity: "loss",
    given: { C },
    predicted: { N, D, loss: { value, interval95 } },
    notes: { extrapolation, ...notes },
  };
};
