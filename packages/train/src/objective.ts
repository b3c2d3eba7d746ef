import { buildObjective as build, type Objective, type ObjectiveInput, objectiveSchema } from "@isoflop/diffusion";
import { check } from "./errors.js";

export { type ObjectiveInput, type ObjectiveSpec, objectiveSchema } from "@isoflop/diffusion";

/**
 * The objective that a record, or a preset's name, asks for.
 * @throws TrainError `spec` for a name or number that is none, or numbers that do not go together
 */
export const buildObjective = (spec: ObjectiveInput): Objective => build(check(objectiveSchema, spec, "objective"));
