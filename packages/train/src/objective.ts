import {
  cosinePath,
  cosmap,
  linearPath,
  logitNormal,
  minSnr,
  mode,
  type Objective,
  objective,
  type Path,
  type Prediction,
  predictions,
  sigmoidWeighting,
  type TimestepDensity,
  uniform,
  unweighted,
  vpPath,
  type Weighting,
} from "@isoflop/diffusion";
import { type Check, number, oneOf, oneOfKinds, positive, record, withDefault } from "./fields.js";

/** A timestep density of `@isoflop/diffusion` by name. */
export type DensitySpec =
  | { readonly kind: "uniform" }
  | { readonly kind: "logitNormal"; readonly mean: number; readonly std: number }
  | { readonly kind: "mode"; readonly scale: number }
  | { readonly kind: "cosmap" };

/** A weighting of `@isoflop/diffusion` by name. */
export type WeightingSpec =
  | { readonly kind: "none" }
  | { readonly kind: "minSnr"; readonly gamma: number }
  | { readonly kind: "sigmoid"; readonly bias: number };

/** An objective of `@isoflop/diffusion` by the names of its parts: a plain record, to be hashed and stored. */
export interface ObjectiveSpec {
  readonly path: "linear" | "cosine" | "vp";
  readonly prediction: Prediction;
  readonly weighting: WeightingSpec;
  readonly density: DensitySpec;
}

const finite = number(-Infinity, Infinity);

const density = oneOfKinds<DensitySpec>({
  uniform: record({ kind: oneOf(["uniform"]) }),
  logitNormal: record({
    kind: oneOf(["logitNormal"]),
    mean: withDefault(finite, 0),
    std: withDefault(positive, 1),
  }),
  // The range in which the map from quantiles to times is monotone.
  mode: record({ kind: oneOf(["mode"]), scale: withDefault(number(-1, 2 / (Math.PI - 2)), 1.29) }),
  cosmap: record({ kind: oneOf(["cosmap"]) }),
});

const weighting = oneOfKinds<WeightingSpec>({
  none: record({ kind: oneOf(["none"]) }),
  minSnr: record({ kind: oneOf(["minSnr"]), gamma: withDefault(positive, 5) }),
  sigmoid: record({ kind: oneOf(["sigmoid"]), bias: withDefault(finite, 0) }),
});

/** Checks an objective's record. The default is rectified flow: linear path, velocity, logit-normal times. */
export const objectiveSpec: Check<ObjectiveSpec> = record<ObjectiveSpec>({
  path: withDefault(oneOf(["linear", "cosine", "vp"]), "linear"),
  prediction: withDefault(oneOf(predictions), "velocity"),
  weighting: withDefault(weighting, { kind: "none" }),
  density: withDefault(density, { kind: "logitNormal", mean: 0, std: 1 }),
});

const paths: Readonly<Record<ObjectiveSpec["path"], () => Path>> = {
  linear: linearPath,
  cosine: cosinePath,
  vp: vpPath,
};

const densityOf = (spec: DensitySpec): TimestepDensity => {
  switch (spec.kind) {
    case "uniform":
      return uniform();
    case "logitNormal":
      return logitNormal({ mean: spec.mean, std: spec.std });
    case "mode":
      return mode({ scale: spec.scale });
    case "cosmap":
      return cosmap();
  }
};

const weightingOf = (spec: WeightingSpec): Weighting => {
  switch (spec.kind) {
    case "none":
      return unweighted();
    case "minSnr":
      return minSnr(spec.gamma);
    case "sigmoid":
      return sigmoidWeighting(spec.bias);
  }
};

/** The objective that a record names. @throws TrainError `spec` for a name or number that is none */
export const buildObjective = (spec: ObjectiveSpec): Objective => {
  const { path, prediction, weighting, density } = objectiveSpec(spec, "objective");
  return objective({ path: paths[path](), prediction, weighting: weightingOf(weighting), density: densityOf(density) });
};
