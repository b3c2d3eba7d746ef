import {
  buildObjective as build,
  type Objective,
  type ObjectiveInput,
  type ObjectiveSpec,
  objectiveSchema,
  predictionWords,
  unweighted,
} from "@isoflop/diffusion";
import type { DitConfig } from "@isoflop/flops";
import { check } from "./errors.js";

export { type ObjectiveInput, type ObjectiveSpec, objectiveSchema } from "@isoflop/diffusion";

const PLAIN = unweighted().name;

/**
 * The objective that a record, or a preset's name, asks for.
 * @throws TrainError `spec` for a name or number that is none, or numbers that do not go together
 */
export const buildObjective = (spec: ObjectiveInput): Objective => build(check(objectiveSchema, spec, "objective"));

/** An objective in one word, by what it predicts, its path, its times, and how its error is measured where that is no plain one of the prediction. */
export const objectiveName = (spec: ObjectiveInput): string => {
  const { path, prediction, errorIn, weighting, density } = buildObjective(spec);
  const [said, squared] = [prediction, errorIn].map(predictionWords) as [string, string];
  const measured = [...(squared === said ? [] : [squared]), ...(weighting.name === PLAIN ? [] : [weighting.name])];
  return [said, path.name, ...measured, density.name].map((word) => word.match(/[\w.]+/g)?.join("-")).join("-");
};

/** What an objective asks of a model beyond a prediction: twice the channels where the variance is learned. */
export const outputsOf = (
  { variance }: Pick<ObjectiveSpec, "variance">,
  { channels }: DitConfig["image"],
): Pick<DitConfig, "outChannels"> => (variance === "learnedRange" ? { outChannels: 2 * channels } : {});
