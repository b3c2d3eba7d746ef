import { type CheckpointStore, type FeatureStore, memoryCheckpoints, type StepMetrics } from "@isoflop/train";
import { SweepError } from "./errors.js";
import { checkedLosses, type ValidationLosses } from "./losses.js";
import { measurementName, type RunMeasurement } from "./measurement.js";
import type { RunFailure, RunRecord, RunResult } from "./result.js";
import { type RunSpec, runId } from "./spec.js";

/** What a run writes while it goes on, and what is measured of it afterwards. */
export interface RunFiles {
  readonly checkpoints: CheckpointStore;
  /** Where it lies, and the lock that makes it this process's, for stores of files. */
  readonly files?: { readonly folder: string; readonly lock: string };
  /** Where features of data are kept for the runs of a store. */
  readonly features?: FeatureStore;
  /** Adds the metrics of steps. A step that is done again after an interruption replaces what was said about it. */
  append(metrics: readonly StepMetrics[]): Promise<void>;
  /** Keeps a number of the trained model. One of the same card replaces it. */
  measured(measurement: RunMeasurement): Promise<void>;
  /**
   * Keeps the validation loss of every sample, before the result is recorded. Those of before are replaced.
   * @throws SweepError `record` for losses that are not finite, or not one a sample
   */
  validated(losses: ValidationLosses): Promise<void>;
}

/** A run that this process alone may work on, until it closes it. */
export interface OpenRun extends RunFiles {
  readonly record: RunRecord;
  finish(result: RunResult): Promise<void>;
  fail(failure: RunFailure): Promise<void>;
  /** Lets others have it. */
  close(): Promise<void>;
}

/** Where runs are kept: the truth about a sweep. */
export interface RunStore {
  /** What is known about a run, if anything. */
  read(id: string): Promise<RunRecord | undefined>;
  /** All runs, by id. */
  list(): Promise<readonly RunRecord[]>;
  /** The training metrics of a run by step, each step once. */
  metrics(id: string): Promise<readonly StepMetrics[]>;
  /** What was measured of a run's trained model, by the names of its metrics. */
  measurements(id: string): Promise<readonly RunMeasurement[]>;
  /** The validation loss of every sample with its time; undefined where a run kept none, as those of before did. */
  losses(id: string): Promise<ValidationLosses | undefined>;
  /** Takes a run for this process. @throws SweepError `busy` while someone else has it */
  open(spec: RunSpec, options?: OpenOptions): Promise<OpenRun>;
}

export interface OpenOptions {
  /** Whether to wait where its owner seems to be dead, until that is certain enough. Default true. */
  readonly wait?: boolean;
  /** Told once, in words for a person, for whom and how long it waits. */
  readonly onWait?: ((why: string) => void) | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** What was said last about each step, in order. */
export const byStep = (metrics: Iterable<StepMetrics>): readonly StepMetrics[] => {
  const last = new Map<number, StepMetrics>();
  for (const entry of metrics) last.set(entry.step, entry);
  return [...last.values()].sort((a, b) => a.step - b.step);
};

/** Measurements in the order of their files' names. */
export const inOrder = (measurements: Iterable<RunMeasurement>): readonly RunMeasurement[] =>
  [...measurements].sort((a, b) => (measurementName(a.card) < measurementName(b.card) ? -1 : 1));

interface Entry {
  record: RunRecord;
  readonly checkpoints: CheckpointStore;
  readonly metrics: StepMetrics[];
  readonly measurements: Map<string, RunMeasurement>;
  losses?: ValidationLosses;
  open: boolean;
}

/** Runs that live as long as the page or process. */
export const memoryRunStore = (): RunStore => {
  const entries = new Map<string, Entry>();
  return {
    read: async (id) => entries.get(id)?.record,
    list: async () => [...entries.values()].map(({ record }) => record).sort((a, b) => (a.id < b.id ? -1 : 1)),
    metrics: async (id) => byStep(entries.get(id)?.metrics ?? []),
    measurements: async (id) => inOrder(entries.get(id)?.measurements.values() ?? []),
    losses: async (id) => entries.get(id)?.losses,
    async open(spec) {
      const id = runId(spec);
      const entry: Entry = entries.get(id) ?? {
        record: { id, spec, state: "unfinished" },
        checkpoints: memoryCheckpoints(),
        metrics: [],
        measurements: new Map(),
        open: false,
      };
      if (entry.open) throw new SweepError("busy", `run ${id} is already open; close it first`);
      entry.open = true;
      entries.set(id, entry);
      return {
        record: entry.record,
        checkpoints: entry.checkpoints,
        async append(metrics) {
          for (const step of metrics) entry.metrics.push(step);
        },
        async measured(measurement) {
          entry.measurements.set(measurementName(measurement.card), measurement);
        },
        async validated(losses) {
          entry.losses = checkedLosses(id, losses);
        },
        async finish(result) {
          entry.record = { id, spec, state: "done", result };
        },
        async fail(failure) {
          entry.record = { id, spec, state: "failed", failure };
        },
        async close() {
          entry.open = false;
        },
      };
    },
  };
};
