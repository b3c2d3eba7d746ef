import { densities, type Objective, objective, paths, predictions, weightings } from "@isoflop/diffusion";
import { attempt, choice, nameOrRecord, record } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "./errors.js";

const parts = record({
  path: v.optional(nameOrRecord(paths), "linear"),
  prediction: v.optional(choice(predictions), "velocity"),
  weighting: v.optional(weightings.schema, { kind: "none" }),
  density: v.optional(densities.schema, { kind: "logitNormal" }),
});

/** An objective of `@isoflop/diffusion` by the names of its parts: a plain record, to be hashed and stored. */
export type ObjectiveSpec = v.InferOutput<typeof parts>;

const built = ({ path, prediction, weighting, density }: ObjectiveSpec): Objective =>
  objective({
    path: paths.build(path),
    prediction,
    weighting: weightings.build(weighting),
    density: densities.build(density),
  });

/** An objective's record, of parts that can be built. The default is rectified flow: linear path, velocity, logit-normal times. */
export const objectiveSchema = v.pipe(
  parts,
  attempt((spec) => built(spec) && spec),
);

/** The objective that a record names. @throws TrainError `spec` for a name or number that is none, or numbers that do not go together */
export const buildObjective = (spec: ObjectiveSpec): Objective => built(check(objectiveSchema, spec, "objective"));
