export type { DataSpec } from "@isoflop/data";
export { checkRequest } from "./check-request.js";
export { contentOf, type ModuleContent, type Prepare, type RunContent } from "./content.js";
export { SweepError, type SweepErrorCode } from "./errors.js";
export { runSweep, type SweepOptions } from "./executor.js";
export { type RunBase, type SweepGridOptions, type SweepRun, stepsFor, sweepGrid } from "./grid.js";
export {
  pairedLosses,
  samplesOf,
  unlikeSamples,
  type ValidationLosses,
  type ValidationSamples,
} from "./losses.js";
export { type MeasureContext, type MeasureOptions, measureRun } from "./measure.js";
export {
  cardOf,
  type ExtractorContent,
  extractorContent,
  lacking,
  type MetricCard,
  type MetricRequest,
  measurementLabel,
  measurementName,
  metricRequest,
  otherData,
  type RequestOptions,
  type RunMeasurement,
} from "./measurement.js";
export { computeConvention, type Place, placeOf } from "./place.js";
export { type MeteredRun, type RunningRun, SweepMeter, type SweepProgress } from "./progress.js";
export { type Claim, type Job, lostClaim, memoryQueue, type Queue } from "./queue.js";
export { type DataProvenance, type RunFailure, type RunRecord, type RunResult, specToRun } from "./result.js";
export {
  type BatchRule,
  batchOf,
  batchRule,
  type LearningRateRule,
  learningRateOf,
  learningRateRule,
  type Power,
  type RatedRun,
  type RateRule,
} from "./rules.js";
export { type RunContext, type Runner, type TrainRunnerOptions, trainRunner } from "./runner.js";
export { type RunnerSpec, runners } from "./runners/index.js";
export type { RunFunction, RunnerContext, RunOutcome, RunProgress } from "./runners/runner.js";
export { runSeed, type SeededRun, seededData } from "./seeds.js";
export {
  NUMERICS,
  type RunSpec,
  type RunSpecInput,
  runId,
  runJsonSchema,
  runSchema,
  runSpec,
} from "./spec.js";
export { byStep, memoryRunStore, type OpenOptions, type OpenRun, type RunFiles, type RunStore } from "./store.js";
export { type RunTask, trainingOf } from "./task.js";
export { unlikeCards } from "./unlike-cards.js";
