import { type Check, number, oneOf, oneOfKinds, positive, record, withDefault } from "./fields.js";

/** Density of the training times: uniform, or the logistic function of a normal variable (SD3, arXiv 2403.03206, equation 19). */
export type DensitySpec =
  | { readonly kind: "uniform" }
  | { readonly kind: "logitNormal"; readonly mean: number; readonly std: number };

/** An objective of `@isoflop/diffusion` by the names of its parts. */
export interface ObjectiveSpec {
  readonly path: "linear";
  readonly prediction: "velocity";
  readonly weighting: "uniform";
  readonly density: DensitySpec;
}

const density = oneOfKinds<DensitySpec>({
  uniform: record({ kind: oneOf(["uniform"]) }),
  logitNormal: record({
    kind: oneOf(["logitNormal"]),
    mean: withDefault(number(-Infinity, Infinity), 0),
    std: withDefault(positive, 1),
  }),
});

/** The default is rectified flow with velocity and logit-normal times. */
export const objectiveSpec: Check<ObjectiveSpec> = record<ObjectiveSpec>({
  path: withDefault(oneOf(["linear"]), "linear"),
  prediction: withDefault(oneOf(["velocity"]), "velocity"),
  weighting: withDefault(oneOf(["uniform"]), "uniform"),
  density: withDefault(density, { kind: "logitNormal", mean: 0, std: 1 }),
});
