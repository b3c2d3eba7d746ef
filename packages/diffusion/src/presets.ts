import { choice, kind, kinds, recordOrName } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "./checks.js";
import { densities } from "./densities.js";
import type { Objective } from "./objective.js";
import { builtParts, type ObjectivePartsSpec, type ObjectiveSpec, objectiveOf } from "./objective-spec.js";
import { ddpm } from "./presets/ddpm.js";
import { edm, edm2 } from "./presets/edm.js";
import { stochasticInterpolant } from "./presets/stochastic-interpolant.js";

/** The record of `rectifiedFlow`, whose function takes densities that no record names too. */
const rectifiedFlow = kind({
  name: "rectifiedFlow",
  about: "rectified flow: velocity on the linear path, logit-normal times",
  options: { density: v.optional(recordOrName(densities), { kind: "logitNormal" }) },
  build: ({ density }): ObjectivePartsSpec => ({ density }),
});

/** Published objectives by name. A record asks for one as `{ preset: name, …options }`, and is the record that it builds. */
export const objectivePresets = kinds("objective", [rectifiedFlow, ddpm, edm, edm2, stochasticInterpolant], "preset");

/** An objective as one writes it: the name of a preset, its record, or a record of parts. */
export type ObjectiveInput =
  | (string & Record<never, never>)
  | v.InferInput<(typeof objectivePresets)["schema"]>
  | ObjectivePartsSpec;

const expanded = (asked: v.GenericSchema) =>
  v.pipe(
    asked,
    v.transform((spec) => objectivePresets.build(spec as never)),
    builtParts,
  );

/**
 * An objective's record, of parts that can be built: as it is, or what a preset makes it. The default is rectified flow.
 */
export const objectiveSchema = v.lazy((value: unknown) => {
  if (value === undefined)
    return v.union([builtParts, choice(objectivePresets.names), objectivePresets.schema], "a record");
  if (typeof value === "string") return expanded(choice(objectivePresets.names));
  return typeof value === "object" && value !== null && "preset" in value
    ? expanded(objectivePresets.schema)
    : builtParts;
}) as v.GenericSchema as v.GenericSchema<ObjectiveInput, ObjectiveSpec>;

/**
 * The objective that a record names.
 * @throws DiffusionError("option") for a name or number that is none, ("option") or ("singular") for parts that do not go together
 */
export const buildObjective = (spec: ObjectiveInput): Objective =>
  objectiveOf(check(objectiveSchema, spec, "objective"));
