import { attempt, choice, nameOrRecord, record, recordOrName, type SpecIn, shown } from "@isoflop/spec";
import * as v from "valibot";
import { unsaid } from "./checks.js";
import { type DensitySpec, densities } from "./densities.js";
import { must } from "./errors.js";
import { type Uncertainty, uncertaintySchema } from "./losses/uncertainty.js";
import { networkInputs } from "./network-inputs.js";
import { type LossKind, lossKinds, type Objective, objective, type Variance, variances } from "./objective.js";
import { paths } from "./paths.js";
import { type Prediction, predictionSchema } from "./prediction.js";
import { type WeightingSpec, weightings } from "./weightings.js";

type PathSpec = SpecIn<typeof paths>;
type InputsSpec = SpecIn<typeof networkInputs>;

/** An objective by the names of its parts: a plain record, to be hashed and stored. */
export interface ObjectiveSpec {
  /** A path's name alone, or its record where an option is not at its default. */
  readonly path: PathSpec | PathSpec["kind"];
  readonly prediction: Prediction;
  readonly weighting: WeightingSpec;
  readonly density: DensitySpec;
  /** What the network is given for x_t and t; as they are where it is unsaid. */
  readonly inputs?: InputsSpec | InputsSpec["kind"] | undefined;
  /** Unsaid: the largest, where it matters. */
  readonly variance?: Variance | undefined;
  /** Unsaid: the squared error, and where the variance is learned, a step's term of the bound. */
  readonly loss?: LossKind | undefined;
  /** Unsaid: the loss is not divided by what is learnt of it. */
  readonly uncertainty?: Uncertainty;
}

/** The objective of a record. @throws DiffusionError for parts that do not go together */
export const objectiveOf = (spec: ObjectiveSpec): Objective => {
  must(typeof spec === "object" && spec !== null, "option", `objective is ${shown(spec)}; it must be a record.`);
  const { path, weighting, density, inputs = "plain", ...rest } = spec;
  const { prediction, variance, loss, uncertainty } = rest;
  return objective({
    path: paths.build(path),
    prediction,
    weighting: weightings.build(weighting),
    density: densities.build(density),
    inputs: networkInputs.build(inputs),
    ...(variance && { variance }),
    ...(loss && { loss }),
    ...(uncertainty && { uncertainty }),
  });
};

/** A record part by part. What is unsaid is rectified flow: linear path, velocity, logit-normal times. */
export const objectiveParts = record({
  path: v.optional(nameOrRecord(paths), "linear"),
  prediction: v.optional(predictionSchema, "velocity"),
  weighting: v.optional(recordOrName(weightings), { kind: "none" }),
  density: v.optional(recordOrName(densities), { kind: "logitNormal" }),
  inputs: v.optional(nameOrRecord(networkInputs)),
  variance: unsaid(choice(variances), "fixedLarge"),
  loss: unsaid(choice(lossKinds), "mse"),
  uncertainty: v.exactOptional(uncertaintySchema),
});

/** A record of parts that can be built. */
export const builtParts = v.pipe(
  objectiveParts,
  attempt((spec: ObjectiveSpec) => objectiveOf(spec) && spec),
);

/** The same as one writes it. */
export type ObjectivePartsSpec = v.InferInput<typeof objectiveParts>;
