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
export { type Averaging, averagingBlend, averagings, MAX_POWER_WIDTH, powerExponent, powerWidth } from "./ema.js";
export { DivergedError, TrainError, type TrainErrorCode } from "./errors.js";
export { type MeanLoss, pairedDifference, stratifiedMean } from "./estimate.js";
export { type MetricSpec, measure, metricSpec, metrics } from "./metrics/index.js";
export type { Measurement, Metric, MetricInputs } from "./metrics/metric.js";
export { checkData, modelOf } from "./model.js";
export { buildObjective, type ObjectiveInput, type ObjectiveSpec, outputsOf } from "./objective.js";
export {
  type AdamWSettings,
  adamWRates,
  clipByNorm,
  type OptimizerState,
  updateParameters,
} from "./optimizer.js";
export { type Packing, packTree, type Slot } from "./pack.js";
export { type Fall, type FallSpec, type Schedule, scheduleFactor, schedules, withinRun } from "./schedule.js";
export { setupFor } from "./setup.js";
export {
  type OptimizerSpec,
  optimizerFields,
  type TrainSpec,
  type TrainSpecInput,
  trainFields,
  trainJsonSchema,
  trainSchema,
  trainSpec,
  VALIDATION_BLOCK,
  type ValidationSpec,
} from "./spec.js";
export { type Network, type StepInputs, type StepOptions, type StepOutputs, trainStep } from "./step.js";
export { type Progress, type StepMetrics, type TrainOptions, type TrainResult, train } from "./train.js";
export { checkSplit, type ValidateOptions, type Validation, validate } from "./validate.js";
