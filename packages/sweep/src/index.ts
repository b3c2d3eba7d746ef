export type { DataSpec } from "@isoflop/data";
export { SweepError, type SweepErrorCode } from "./errors.js";
export { runSweep, type SweepOptions } from "./executor.js";
export { type SweepGridOptions, type SweepRun, stepsFor, sweepGrid } from "./grid.js";
export { computeConvention, type Place, placeOf } from "./place.js";
export { type RunningRun, SweepMeter, type SweepProgress } from "./progress.js";
export { type Claim, type Job, lostClaim, memoryQueue, type Queue } from "./queue.js";
export type { DataProvenance, RunFailure, RunRecord, RunResult } from "./result.js";
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
export { type RunContext, type Runner, type RunProgress, type TrainRunnerOptions, trainRunner } from "./runner.js";
export {
  contentOf,
  type ModuleContent,
  NUMERICS,
  type RunContent,
  type RunSpec,
  type RunSpecInput,
  runId,
  runJsonSchema,
  runSchema,
  runSpec,
  trainingOf,
} from "./spec.js";
export { byStep, memoryRunStore, type OpenOptions, type OpenRun, type RunStore } from "./store.js";
