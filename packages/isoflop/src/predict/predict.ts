import type { LossPrediction, Misallocation } from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { FitDocument, FitHead } from "../fit/saved.js";
import { versions } from "../versions.js";
import { isoFlopPredictions } from "./isoflop.js";
import { lawPredictions } from "./law.js";
import { surfacePredictions } from "./surface.js";

export interface PredictChoices {
  readonly at?: readonly number[];
  readonly size?: number;
  readonly tokens?: number;
  readonly reach?: number;
}

/** A predicted number. `ci95` is where the law is, `interval95` where one new run would fall; each where it is known. */
export interface Predicted {
  readonly value: number;
  readonly ci95?: readonly [number, number];
  readonly interval95?: readonly [number, number];
}

/** One question and its answers: some are given, the others predicted. */
export interface Prediction {
  readonly given: Readonly<Record<string, number>>;
  readonly predicted: Readonly<Record<string, Predicted>>;
  readonly notes: {
    /** How far C lies beyond the largest fitted budget, as a factor. */
    readonly extrapolation?: number;
    readonly families?: LossPrediction["families"];
    /** Standard deviation of one run's loss as used. */
    readonly noiseStandardDeviation?: number;
    readonly degreesOfFreedom?: number;
  } & Partial<Pick<Misallocation, "excessLoss" | "sufficient" | "deadweight">>;
}

export interface PredictionDocument extends Pick<FitHead<"predict">, "command" | "versions" | "status" | "message"> {
  readonly fit: { readonly command: FitDocument["command"]; readonly input: InputFile };
  readonly predictions: readonly Prediction[];
}

/** @throws CliError `unsound` when the fit has nothing to predict with, `usage` when the fit cannot answer such a question. */
export const predict = (fit: FitDocument, choices: PredictChoices): PredictionDocument => {
  if (!fit.ok) throw unsound(`${fit.status}: ${fit.message ?? "the fit was refused"}`);
  return {
    command: "predict",
    status: fit.status,
    ...(fit.message !== undefined && { message: fit.message }),
    predictions: answers(fit, choices).map(held),
    fit: { command: fit.command, input: fit.input },
    versions: versions("@isoflop/scaling"),
  };
};

/** @throws CliError `unsound` for an answer that no number can hold: a law at 1e300 may be anywhere. */
const held = (prediction: Prediction): Prediction => {
  for (const [name, { value }] of Object.entries(prediction.predicted)) {
    if (Number.isFinite(value)) continue;
    const asked = Object.entries(prediction.given).map(([key, at]) => `${key} = ${at}`);
    throw unsound(`unreachable: ${name} at ${asked.join(", ")} is beyond what a number can hold`);
  }
  return prediction;
};

const answers = (fit: FitDocument, choices: PredictChoices): Prediction[] => {
  switch (fit.command) {
    case "fit isoflop":
      return isoFlopPredictions(fit, only(choices, fit.command, ["at", "size"]));
    case "fit surface":
      return surfacePredictions(fit, only(choices, fit.command, ["at", "size", "tokens", "reach"]));
    case "fit law":
      return lawPredictions(fit, only(choices, fit.command, ["at"]));
  }
};

const questions = ["at", "size", "tokens", "reach"] as const;

const only = (choices: PredictChoices, fit: string, known: readonly string[]): PredictChoices => {
  for (const name of questions) {
    if (choices[name] !== undefined && !known.includes(name)) {
      throw usageError(`--${name} cannot be asked of a ${fit}; expected ${known.map((k) => `--${k}`).join(", ")}`);
    }
  }
  return choices;
};
