import { DivergedError, type TrainError } from "@isoflop/train";
import type { Prepare } from "./content.js";
import { isSweepError, SweepError } from "./errors.js";
import { lacking, type MetricRequest } from "./measurement.js";
import { SweepMeter, type SweepProgress } from "./progress.js";
import { type Claim, memoryQueue, type Queue } from "./queue.js";
import type { RunRecord } from "./result.js";
import type { Runner } from "./runner.js";
import { type RunSpec, runId } from "./spec.js";
import type { OpenRun, RunStore } from "./store.js";

export interface SweepOptions {
  readonly store: RunStore;
  /** As many runs go on at once as there are runners; they stay the caller's to close. */
  readonly runners: readonly Runner[];
  /** Who does what. Default: this process does everything. */
  readonly queue?: Queue | undefined;
  /** What is measured of every run that is done, where it has not been measured yet. */
  readonly metrics?: readonly MetricRequest[] | undefined;
  /** Makes parts from outside known in this thread before a run that takes some is opened. */
  readonly prepare?: Prepare | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  /** Told about checkpoints that could not be used; the run goes on from an earlier one. */
  readonly onRejected?: ((id: string, error: TrainError) => void) | undefined;
}

/** Metrics that a run has not been measured by yet. */
const lackingOf = async (spec: RunSpec, { store, metrics = [] }: SweepOptions): Promise<readonly MetricRequest[]> =>
  metrics.length === 0 ? [] : lacking(spec, metrics, await store.measurements(runId(spec)));

/** Milliseconds before asking again for work that others hold. */
const PATIENCE = 100;

/**
 * Does all runs that are not done yet, in order, and returns every run's record in the order of the specs. Runs that
 * someone else works on are waited for. Interrupted and called again, it goes on where it was.
 *
 * A run that diverges is recorded as failed and the others go on, as it would diverge again. Any other error stops the
 * sweep: runs that were going on keep their last checkpoint. Metrics are measured of the averaged weights of runs that are done, now or before:
 * asking for one more trains nothing.
 *
 * @throws SweepError `store` if files cannot be written, the signal's reason when stopped
 */
export const runSweep = async (specs: readonly RunSpec[], options: SweepOptions): Promise<readonly RunRecord[]> => {
  const { store, runners, queue = memoryQueue(), onProgress } = options;
  if (runners.length === 0) throw new SweepError("plan", "runSweep: runners is empty; it needs at least one");
  const jobs = specs.map((spec) => ({ id: runId(spec), spec }));
  const meter = new SweepMeter(jobs);
  const missing: typeof jobs = [];
  for (const job of jobs) {
    const record = await store.read(job.id);
    const ended = record !== undefined && record.state !== "unfinished";
    const unmeasured = record?.state === "done" && (await lackingOf(job.spec, options)).length > 0;
    if (!ended || unmeasured) missing.push(job);
    // Trained and still to be measured is not done.
    if (unmeasured) meter.pause(job.id, job.spec, job.spec.steps);
    else if (ended) meter.end(job.id, record.state);
  }
  const report = (): void => onProgress?.(meter.progress());
  report();
  await queue.enqueue(missing);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const lane = new Lane({ ...options, queue, signal, meter, report });
  const lanes = runners.map(async (runner) => {
    try {
      await lane.work(runner);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(lanes);
  options.signal?.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
  const records: RunRecord[] = [];
  for (const job of jobs) records.push((await store.read(job.id)) ?? { ...job, state: "unfinished" });
  return records;
};

interface LaneOptions extends SweepOptions {
  readonly queue: Queue;
  readonly signal: AbortSignal;
  readonly meter: SweepMeter;
  readonly report: () => void;
}

/** Claims jobs one after the other until none is left anywhere. */
class Lane {
  constructor(readonly options: LaneOptions) {}

  async work(runner: Runner): Promise<void> {
    const { queue, signal } = this.options;
    let refused = 0;
    for (;;) {
      signal.throwIfAborted();
      const claim = await queue.claim();
      if (claim) refused = (await this.#attempt(claim, runner)) ? 0 : refused + 1;
      const { waiting, claimed } = await queue.counts();
      if (waiting + claimed === 0) return;
      // Someone else has every run that is left.
      if (refused >= waiting) {
        await pause(signal);
        refused = 0;
      }
    }
  }

  /** False if someone else has the run now. */
  async #attempt(claim: Claim, runner: Runner): Promise<boolean> {
    const { queue, store, signal } = this.options;
    const abandon = new AbortController();
    const beat = setInterval(
      () => {
        queue.heartbeat(claim).catch((error: unknown) => abandon.abort(error));
      },
      (queue.lease * 1000) / 3,
    );
    try {
      await this.options.prepare?.(claim.spec.content.modules);
      // Where its owner may be dead, other runs come first; asked often enough, the store decides.
      const run = await store.open(claim.spec, { wait: false });
      let state: "done" | "failed";
      try {
        const stop = AbortSignal.any([signal, abandon.signal]);
        state = await this.#perform(claim, run, runner, stop);
        if (state === "done") await this.#measure(claim, run, runner, stop);
      } finally {
        await run.close();
      }
      await (state === "done" ? queue.complete(claim) : queue.fail(claim));
      return true;
    } catch (error) {
      await queue.release(claim);
      // What was lost, a claim or a lock, belongs to another worker, who goes on from the last checkpoint.
      if (isSweepError(error, "busy") || isSweepError(error, "claim")) return false;
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  async #measure({ id, spec }: Claim, run: OpenRun, runner: Runner, signal: AbortSignal): Promise<void> {
    const { meter, report, onRejected } = this.options;
    let state: "done" | "interrupted" = "interrupted";
    try {
      const requests = await lackingOf(spec, this.options);
      if (requests.length > 0 && !runner.measure)
        throw new SweepError("worker", `run ${id} is to be measured, and its runner has no measure; give one that has`);
      if (requests.length > 0)
        await runner.measure?.(spec, requests, {
          ...{ run, signal },
          onMetric(kind) {
            meter.measure(id, spec, kind);
            report();
          },
          onRejected: (error) => onRejected?.(id, error),
        });
      state = "done";
    } finally {
      meter.end(id, state);
      report();
    }
  }

  async #perform(claim: Claim, run: OpenRun, runner: Runner, signal: AbortSignal): Promise<"done" | "failed"> {
    const { meter, report, onRejected } = this.options;
    const { id, spec } = claim;
    let state: "done" | "failed" | "interrupted" = "interrupted";
    meter.begin(id, spec);
    try {
      if (run.record.state !== "unfinished") {
        state = run.record.state;
        return state;
      }
      const result = await runner.run(spec, {
        run,
        signal,
        onProgress({ step, metrics }) {
          meter.advance(id, step, metrics);
          report();
        },
        onRejected: (error) => onRejected?.(id, error),
      });
      await run.finish(result);
      state = "done";
      return state;
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      await run.fail({ code: error.code, message: error.message });
      state = "failed";
      return state;
    } finally {
      // What is done is to be measured, and over after that.
      if (state !== "done") {
        meter.end(id, state);
        report();
      }
    }
  }
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, PATIENCE);
    signal.addEventListener("abort", finish);
  });
