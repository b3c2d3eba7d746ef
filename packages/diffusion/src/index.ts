export { type Arithmetic, type Dual, numbers, tensors } from "./arithmetic.js";
export type { Batching } from "./batches.js";
export type { Bound, BoundOf, BoundProgress, BoundRun } from "./bound/bound.js";
export {
  type VariationalBound,
  type VariationalBoundCard,
  type VariationalBoundOptions,
  variationalBound,
} from "./bound/continuous.js";
export type { BoundDecoder } from "./bound/decoder.js";
export {
  type DiscreteBound,
  type DiscreteBoundCard,
  type DiscreteBoundOptions,
  discreteBound,
} from "./bound/discrete.js";
export { normalBySample, samplesFrom } from "./by-sample.js";
export type { ClipBounds, NetworkReading } from "./course.js";
export { boundTerm, type StepError } from "./ddpm/bound-term.js";
export { type DiscretizedOptions, discretizedGaussianLogLikelihood } from "./ddpm/discretized-gaussian.js";
export { gaussianKl, type Normal } from "./ddpm/gaussian-kl.js";
export { type Posterior, posterior } from "./ddpm/posterior.js";
export { type Spacing, spacedIndices } from "./ddpm/spacing.js";
export { type CarriedOptions, carried } from "./densities/carried.js";
export { cosmap } from "./densities/cosmap.js";
export { discreteUniform } from "./densities/discrete-uniform.js";
export { logNormalSigma } from "./densities/log-normal-sigma.js";
export { logitNormal } from "./densities/logit-normal.js";
export { mode } from "./densities/mode.js";
export { shifted } from "./densities/shifted.js";
export { uniform } from "./densities/uniform.js";
export { type DensitySpec, densities } from "./densities.js";
export { defineDensity, densityOn, type PathDensity, type TimestepDensity } from "./density.js";
export { DiffusionError, type DiffusionErrorCode } from "./errors.js";
export { defineGrid, type TimeGrid } from "./grid.js";
export { exponentialGrid } from "./grids/exponential.js";
export { iddpmGrid } from "./grids/iddpm.js";
export { karrasGrid } from "./grids/karras.js";
export { logSnrGrid } from "./grids/log-snr.js";
export { quadraticGrid } from "./grids/quadratic.js";
export { shiftedGrid } from "./grids/shifted.js";
export { uniformGrid } from "./grids/uniform.js";
export { type GridSpec, grids } from "./grids.js";
export { type AutoguidanceInputs, autoguidance } from "./guidance/auto.js";
export { type ConditionalDenoiser, classifierFreeGuidance, type GuidanceInputs } from "./guidance/classifier-free.js";
export type { GuidanceOptions } from "./guidance/guide.js";
export { type CarriedInputsOptions, carriedInputs } from "./inputs/carried.js";
export { ddpmInputs } from "./inputs/ddpm.js";
export { edmInputs } from "./inputs/edm.js";
export { plainInputs } from "./inputs/plain.js";
export { veInputs } from "./inputs/ve.js";
export { type Conditional, denoiser, type NetworkInputs } from "./inputs.js";
export type { Levels } from "./levels.js";
export { type BitsPerDimension, bitsPerDimension, type Nats } from "./likelihood/bits.js";
export {
  type Dequantization,
  noDequantization,
  type Of,
  truncatedNormalDequantization,
  uniformDequantization,
} from "./likelihood/dequantization.js";
export { likelihood } from "./likelihood/likelihood.js";
export type { CheckedProbes, Hutchinson, Probes } from "./likelihood/probes.js";
export type {
  Likelihood,
  LikelihoodCard,
  LikelihoodOf,
  LikelihoodOptions,
  LikelihoodRun,
  SolveProgress,
} from "./likelihood/types.js";
export { type LossInputs, type LossTerms, loss, lossTerms } from "./loss.js";
export {
  type ConvertedBins,
  type ConvertedLosses,
  convertBins,
  convertLosses,
  type LossBin,
  type LossConversion,
  lossFactor,
  type MeasuredLosses,
} from "./losses/convert.js";
export { type MeanLoss, pairedDifference, stratifiedMean } from "./losses/estimate.js";
export { timeBins } from "./losses/time-bins.js";
export {
  type LogVariance,
  type LogVarianceParams,
  logVariance,
  type Uncertainty,
  uncertain,
} from "./losses/uncertainty.js";
export { networkInputs } from "./network-inputs.js";
export { logNoise } from "./noise-to-signal.js";
export {
  type Denoiser,
  effectiveWeight,
  type LossKind,
  lossKinds,
  type Objective,
  type ObjectiveParts,
  objective,
  objectiveOn,
  rectifiedFlow,
  type Variance,
  variances,
} from "./objective.js";
export { type ObjectivePartsSpec, type ObjectiveSpec, objectiveOf } from "./objective-spec.js";
export { type Coefficients, definePath, interpolate, type Path } from "./path.js";
export { cosinePath } from "./paths/cosine.js";
export { type DiscretePath, discretePath, isDiscrete, respaced } from "./paths/discrete.js";
export { edmPath } from "./paths/edm.js";
export { linearPath } from "./paths/linear.js";
export { vePath } from "./paths/ve.js";
export { vpPath } from "./paths/vp.js";
export { paths } from "./paths.js";
export {
  type Conversion,
  type Convert,
  convert,
  type Preconditioned,
  type Prediction,
  type PredictionName,
  predictionSchema,
  predictions,
  told as predictionWords,
} from "./prediction.js";
export { ddpm } from "./presets/ddpm.js";
export { edm, edm2 } from "./presets/edm.js";
export { stochasticInterpolant } from "./presets/stochastic-interpolant.js";
export { buildObjective, type ObjectiveInput, objectivePresets, objectiveSchema } from "./presets.js";
export * from "./sample.js";
export { shiftForTokens, shiftTime, uniformTimes } from "./shift.js";
export { fromSiT } from "./sit.js";
export {
  type Advanced,
  type Control,
  defineStep,
  type Instant,
  instantAt,
  type Solver,
  type Step,
  type StepPlace,
  type StepState,
} from "./solver.js";
export { ancestral } from "./solvers/ancestral.js";
export { ddim } from "./solvers/ddim.js";
export { dopri5 } from "./solvers/dopri5.js";
export { dpmSolverMultistep, dpmSolverPP } from "./solvers/dpm-multistep.js";
export { dpmSolver, dpmSolverPPSingle } from "./solvers/dpm-single.js";
export { edmStochastic } from "./solvers/edm-stochastic.js";
export { euler } from "./solvers/euler.js";
export { heun } from "./solvers/heun.js";
export { lms } from "./solvers/lms.js";
export { midpoint } from "./solvers/midpoint.js";
export { rk4 } from "./solvers/rk4.js";
export { eulerMaruyama, heunSde } from "./solvers/sde.js";
export { uniPC } from "./solvers/uni-pc.js";
export { solvers } from "./solvers.js";
export { draws, quantiles, stratified } from "./stratified.js";
export { translated } from "./translate.js";
export type { Draws } from "./walk-noise.js";
export type { UnitWeight, Weighting } from "./weighting.js";
export { edmWeighting } from "./weightings/edm.js";
export { likelihoodWeighting } from "./weightings/likelihood.js";
export * from "./weightings/min-snr.js";
export { sigmoidWeighting } from "./weightings/sigmoid.js";
export { unweighted, unweightedIn } from "./weightings/unweighted.js";
export { type WeightingSpec, weightings } from "./weightings.js";
