export { SweepError, type SweepErrorCode } from "./errors.js";
export { runSweep, type SweepOptions } from "./executor.js";
export { type GridOptions, type GridRun, isoFlopGrid, placeOf, stepFlops, stepsFor } from "./grid.js";
export { type RunningRun, SweepMeter, type SweepProgress } from "./progress.js";
export { type Claim, type Job, lostClaim, memoryQueue, type Queue } from "./queue.js";
export type { DataProvenance, RunFailure, RunRecord, RunResult } from "./result.js";
export { type RunContext, type Runner, type RunProgress, type TrainRunnerOptions, trainRunner } from "./runner.js";
export { type DataSpec, type RunSpec, type RunSpecInput, runId, runSpec, trainingOf } from "./spec.js";
export { byStep, memoryRunStore, type OpenOptions, type OpenRun, type RunStore } from "./store.js";
