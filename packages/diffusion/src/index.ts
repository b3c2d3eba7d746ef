export { type Arithmetic, type Dual, numbers, tensors } from "./arithmetic.js";
export {
  cosmap,
  logitNormal,
  mode,
  shifted,
  shiftForTokens,
  shiftTime,
  type TimestepDensity,
  uniform,
} from "./density.js";
export { DiffusionError, type DiffusionErrorCode } from "./errors.js";
export {
  type ConditionalDenoiser,
  classifierFreeGuidance,
  type GuidanceInputs,
  type GuidanceOptions,
} from "./guidance.js";
export {
  type Batch,
  type Denoiser,
  effectiveWeight,
  loss,
  type Objective,
  objective,
  rectifiedFlow,
} from "./objective.js";
export { type Coefficients, cosinePath, definePath, interpolate, linearPath, type Path, vpPath } from "./path.js";
export { type Conversion, type Convert, convert, type Prediction, predictions } from "./prediction.js";
export {
  type DenoiserOf,
  type Sampler,
  type SamplerOptions,
  type Sampling,
  type SamplingState,
  sample,
  sampler,
} from "./sample.js";
export { fromSiT } from "./sit.js";
export { euler, heun, type Solver, type Step, uniformTimes, type VelocityField } from "./solver.js";
export { draws, quantiles, stratified } from "./stratified.js";
export {
  edmWeighting,
  likelihoodWeighting,
  minSnr,
  sigmoidWeighting,
  softMinSnr,
  type UnitWeight,
  unweighted,
  unweightedIn,
  type Weighting,
} from "./weighting.js";
