import {
  buildObjective as build,
  type Objective,
  type ObjectiveInput,
  type ObjectiveSpec,
  objectiveSchema,
} from "@isoflop/diffusion";
import type { DitConfig } from "@isoflop/flops";
import { check } from "./errors.js";

export { type ObjectiveInput, type ObjectiveSpec, objectiveSchema } from "@isoflop/diffusion";

/**
 * The objective that a record, or a preset's name, asks for.
 * @throws TrainError `spec` for a name or number that is none, or numbers that do not go together
 */
export const buildObjective = (spec: ObjectiveInput): Objective => build(check(objectiveSchema, spec, "objective"));

/** What an objective asks of a model beyond a prediction: twice the channels where the variance is learned. */
export const outputsOf = (
  { variance }: Pick<ObjectiveSpec, "variance">,
  { channels }: DitConfig["image"],
): Pick<DitConfig, "outChannels"> => (variance === "learnedRange" ? { outChannels: 2 * channels } : {});
