import { densities, type Objective, objective, paths, predictions, weightings } from "@isoflop/diffusion";
import { choice, nameOrRecord, record } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "./errors.js";

/** An objective's record. The default is rectified flow: linear path, velocity, logit-normal times. */
export const objectiveSchema = record({
  path: v.optional(nameOrRecord(paths), "linear"),
  prediction: v.optional(choice(predictions), "velocity"),
  weighting: v.optional(weightings.schema, { kind: "none" }),
  density: v.optional(densities.schema, { kind: "logitNormal" }),
});

/** An objective of `@isoflop/diffusion` by the names of its parts: a plain record, to be hashed and stored. */
export type ObjectiveSpec = v.InferOutput<typeof objectiveSchema>;

/** The objective that a record names. @throws TrainError `spec` for a name or number that is none, DiffusionError for numbers that do not go together */
export const buildObjective = (spec: ObjectiveSpec): Objective => {
  const { path, prediction, weighting, density } = check(objectiveSchema, spec, "objective");
  return objective({
    path: paths.build(path),
    prediction,
    weighting: weightings.build(weighting),
    density: densities.build(density),
  });
};
