import {
  type DensitySpec,
  densities,
  networkInputs,
  type Objective,
  objective,
  type Prediction,
  paths,
  predictionSchema,
  type WeightingSpec,
  weightings,
} from "@isoflop/diffusion";
import { attempt, nameOrRecord, record, recordOrName, type SpecIn } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "./errors.js";

/** An objective of `@isoflop/diffusion` by the names of its parts: a plain record, to be hashed and stored. */
export interface ObjectiveSpec {
  /** A path's name alone, or its record where an option is not at its default. */
  readonly path: SpecIn<typeof paths> | SpecIn<typeof paths>["kind"];
  readonly prediction: Prediction;
  readonly weighting: WeightingSpec;
  readonly density: DensitySpec;
  /** What the network is given for x_t and t; as they are where it is unsaid. */
  readonly inputs?: InputsSpec | InputsSpec["kind"] | undefined;
}

type InputsSpec = SpecIn<typeof networkInputs>;

const built = ({ path, prediction, weighting, density, inputs = "plain" }: ObjectiveSpec): Objective =>
  objective({
    path: paths.build(path),
    prediction,
    weighting: weightings.build(weighting),
    density: densities.build(density),
    inputs: networkInputs.build(inputs),
  });

/** An objective's record, of parts that can be built. The default is rectified flow: linear path, velocity, logit-normal times. */
export const objectiveSchema = v.pipe(
  record({
    path: v.optional(nameOrRecord(paths), "linear"),
    prediction: v.optional(predictionSchema, "velocity"),
    weighting: v.optional(recordOrName(weightings), { kind: "none" }),
    density: v.optional(recordOrName(densities), { kind: "logitNormal" }),
    inputs: v.optional(nameOrRecord(networkInputs)),
  }),
  attempt((spec: ObjectiveSpec) => built(spec) && spec),
);

/** The objective that a record names. @throws TrainError `spec` for a name or number that is none, or numbers that do not go together */
export const buildObjective = (spec: ObjectiveSpec): Objective => built(check(objectiveSchema, spec, "objective"));
