import { type HeldOutMethod, heldOutMethods } from "@isoflop/plot";
import { type FitPrediction, readPrediction, writeRecord } from "@isoflop/scaling";
import { digest, read, text } from "@isoflop/spec";
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

const several = v.looseObject({
  record: v.literal("predictions"),
  seal: v.optional(text),
  predictions: v.array(v.unknown()),
});

/**
 * The record of `prediction.json`. Its seal, the first half of the SHA-256 of the predictions as canonical JSON, is said before anything is trained: whoever
 * noted it knows that they are what they were.
 */
export const studyPredictions = (predictions: readonly StudyPrediction[]) => ({
  record: "predictions" as const,
  seal: sealOf(predictions),
  predictions,
});

/** What is written and read again has the seal of what was written: numbers that JSON does not have are as their records write them. */
export const sealOf = (predictions: unknown): string => digest(JSON.parse(writeRecord(predictions)));

/**
 * What `prediction.json` says; older versions wrote a single one, and no seal.
 * @throws CliError for predictions that are not those that were sealed; CliError, ScalingError naming the first field that is not what it must be
 */
export const readStudyPredictions = (value: unknown): readonly StudyPrediction[] => {
  if (!v.is(several, value)) return [readStudyPrediction(value)];
  const { seal, predictions } = value;
  const found = sealOf(predictions);
  if (seal !== undefined && seal !== found)
    throw inputError(
      `prediction.json: its seal is ${seal}, and that of its predictions is ${found}: they were changed after they were sealed; bring the file back, or remove it to predict again`,
    );
  return predictions.map(readStudyPrediction);
};

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
