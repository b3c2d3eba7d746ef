export { type LossBin, type MeanLoss, pairedDifference, stratifiedMean, timeBins } from "@isoflop/diffusion";
export type { ParameterRate } from "@isoflop/dit";
export { type BayesLoss, type BayesLossOptions, bayesLoss, whyNoBayesLoss } from "./bayes-loss.js";
export {
  type CaptionForm,
  type Captions,
  dropCaptions,
  emptyCaptions,
  type FeatureCaptions,
  uploadCaptions,
} from "./captions.js";
export {
  averagedWeights,
  type Checkpoint,
  type CheckpointStore,
  memoryCheckpoints,
  restoreState,
  type SavedArray,
  saveState,
} from "./checkpoint.js";
export { type CoordinateOptions, coordinateCheck, type LayerCoordinates } from "./coordinates.js";
export { type Averaging, averagingBlend, averagings, MAX_POWER_WIDTH, powerExponent, powerWidth } from "./ema.js";
export { DivergedError, TrainError, type TrainErrorCode } from "./errors.js";
export {
  type Factors,
  factorsOf,
  type ParameterGroup,
  type ParameterRates,
  resolveRates,
} from "./groups.js";
export { checkMeasurable, type MetricSpec, measure, measurementFields, metricSpec, metrics } from "./metrics/index.js";
export type { Estimate, FeatureStore, Measurement, Metric, MetricInputs, PlannedInputs } from "./metrics/metric.js";
export { type Drawn, drawPictures } from "./metrics/samples/draw.js";
export { type Sampling, usualSampling } from "./metrics/samples/options.js";
export { checkData, type ModelOptions, type ModelSpec, modelOf } from "./model.js";
export type { Network, NetworkOptions } from "./network.js";
export { buildObjective, type ObjectiveInput, type ObjectiveSpec, objectiveName, outputsOf } from "./objective.js";
export { adamWRates, clipByNorm, type OptimizerState, updateParameters } from "./optimizer.js";
export type { AdamSettings } from "./optimizers/adam-moments.js";
export { optimizers } from "./optimizers/index.js";
export type { Moments, Optimizer, UpdateInputs } from "./optimizers/optimizer.js";
export {
  buildOptimizer,
  type OptimizerCommon,
  type OptimizerSettings,
  type OptimizerSpec,
  optimizerSchemaOf,
} from "./optimizers/spec.js";
export { type Packing, packTree, type Slot } from "./pack.js";
export { parameterizations } from "./parameterization.js";
export {
  type PowerProfile,
  profileProduct,
  type ReconstructedAverage,
  type Reconstruction,
  reconstructAverage,
  reconstructProfile,
} from "./post-hoc.js";
export {
  type Fall,
  type FallPlace,
  type FallSpec,
  type Schedule,
  scheduleFactor,
  scheduleFactors,
  schedules,
  withinRun,
} from "./schedule.js";
export { setupFor } from "./setup.js";
export { type Snapshot, type SnapshotSpec, type StoredSnapshot, snapshotSteps } from "./snapshot.js";
export {
  expertsSchema,
  type TrainSpec,
  type TrainSpecInput,
  trainFields,
  trainJsonSchema,
  trainSchema,
  trainSpec,
  VALIDATION_BLOCK,
  type ValidationSpec,
} from "./spec.js";
export {
  type StepInputs,
  type StepOptions,
  type StepOutputs,
  trainStep,
} from "./step.js";
export { type Progress, type StepMetrics, type TrainOptions, type TrainResult, train } from "./train.js";
export { withLogVariance, withoutLogVariance } from "./uncertainty.js";
export { checkSplit, VALIDATION_NOISE, type ValidateOptions, type Validation, validate } from "./validate.js";
export { type WidthLoss, widthCurve } from "./width-curve.js";
