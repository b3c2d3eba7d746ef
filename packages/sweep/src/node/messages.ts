import { DivergedError, type StepMetrics, TrainError } from "@isoflop/train";
import { SweepError } from "../errors.js";
import type { MetricRequest } from "../measurement.js";
import type { RunResult } from "../result.js";
import type { RunSpec } from "../spec.js";
import type { OpenRun } from "../store.js";

/** What a worker thread is told. */
export type ToWorker =
  | { readonly kind: "run"; readonly spec: RunSpec; readonly files: NonNullable<OpenRun["files"]> }
  | {
      readonly kind: "measure";
      readonly spec: RunSpec;
      readonly requests: readonly MetricRequest[];
      readonly files: NonNullable<OpenRun["files"]>;
    }
  | { readonly kind: "stop" };

/** What a worker thread tells. */
export type FromWorker =
  | { readonly kind: "progress"; readonly step: number; readonly metrics: readonly StepMetrics[] }
  | { readonly kind: "rejected"; readonly message: string }
  | { readonly kind: "metric"; readonly metric: string }
  | { readonly kind: "measured" }
  | { readonly kind: "done"; readonly result: RunResult }
  | { readonly kind: "stopped" }
  | ({ readonly kind: "diverged" } & Pick<DivergedError, "step" | "learningRate" | "what" | "updates">)
  | { readonly kind: "error"; readonly error: ErrorMessage };

/** An error as plain data: classes do not survive the way between threads. */
interface ErrorMessage {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
}

type Failure = Extract<FromWorker, { readonly kind: "diverged" | "error" }>;

export const errorMessage = (error: unknown): Failure => {
  if (error instanceof DivergedError) {
    const { step, learningRate, what, updates } = error;
    return { kind: "diverged", step, learningRate, what, updates };
  }
  if (!(error instanceof Error)) return { kind: "error", error: { name: "Error", message: String(error) } };
  const { name, message } = error;
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { kind: "error", error: { name, message, ...code } };
};

/** The error on this side of the way. */
export const errorFrom = (failure: Failure): Error => {
  if (failure.kind === "diverged")
    return new DivergedError(failure.step, failure.learningRate, failure.what, failure.updates);
  const { name, code, message } = failure.error;
  // What a metric asks of data, of an objective or of features that they do not have.
  if (name === "ModuleError" || name === "DiffusionError" || name === "MetricsError")
    return new SweepError("spec", message);
  if (
    name === "SweepError" &&
    (code === "store" || code === "path" || code === "claim" || code === "data" || code === "spec" || code === "record")
  )
    return new SweepError(code, message);
  if (name === "TrainError" && (code === "data" || code === "checkpoint" || code === "spec"))
    return new TrainError(code, message);
  return new SweepError("worker", `a worker thread failed: ${message}`);
};
