import type { Flops, Seconds } from "@isoflop/flops";
import type { StepMetrics } from "@isoflop/train";
import { placeOf } from "./place.js";
import type { RunSpec } from "./spec.js";

/** A run that is going on now. */
export interface RunningRun {
  readonly id: string;
  readonly spec: RunSpec;
  /** Steps done. */
  readonly step: number;
  /** The metric that is measured now: its training is over. */
  readonly measuring?: string;
  /** The latest step's metrics. */
  readonly latest?: StepMetrics;
}

export interface SweepProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: readonly RunningRun[];
  /** Of all runs of the sweep, done before this session or in it. */
  readonly flopsDone: Flops;
  readonly flopsTotal: Flops;
  /** Remaining FLOPs at the speed of this session so far; unknown before there is one. */
  readonly remainingSeconds?: Seconds;
}

/** Adds up where a sweep stands. */
export class SweepMeter {
  readonly #flops = new Map<string, Flops>();
  readonly #done = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #running = new Map<string, RunningRun>();
  #spentHere = 0;
  #started: number | undefined;

  constructor(
    jobs: readonly { readonly id: string; readonly spec: RunSpec }[],
    /** Milliseconds. */
    readonly now: () => number = () => performance.now(),
  ) {
    for (const { id, spec } of jobs) this.#flops.set(id, placeOf(spec).flops);
  }

  begin(id: string, spec: RunSpec): void {
    this.#started ??= this.now();
    this.#running.set(id, { id, spec, step: 0 });
  }

  /** `metrics` are of the steps done in this session since the last call: only they tell its speed. */
  advance(id: string, step: number, metrics: readonly StepMetrics[]): void {
    const run = this.#running.get(id);
    if (!run) return;
    const latest = metrics.at(-1);
    this.#spentHere += (this.#of(id) * metrics.length) / run.spec.steps;
    this.#running.set(id, { ...run, step, ...(latest && { latest }) });
  }

  /** Its training is over, in this session or before, and a metric is measured. */
  measure(id: string, spec: RunSpec, measuring: string): void {
    this.#started ??= this.now();
    this.#running.set(id, { id, spec, step: spec.steps, measuring });
  }

  end(id: string, state: "done" | "failed" | "interrupted"): void {
    this.#running.delete(id);
    if (state === "done") this.#done.add(id);
    if (state === "failed") this.#failed.add(id);
  }

  progress(): SweepProgress {
    const all = [...this.#flops.values()].reduce((sum, flops) => sum + flops, 0);
    const running = [...this.#running.values()];
    const finished = [...this.#done, ...this.#failed].reduce((sum, id) => sum + this.#of(id), 0);
    const flopsDone = running.reduce((sum, { id, step, spec }) => sum + (this.#of(id) * step) / spec.steps, finished);
    const seconds = this.#started === undefined ? 0 : (this.now() - this.#started) / 1000;
    return {
      total: this.#flops.size,
      done: this.#done.size,
      failed: this.#failed.size,
      running,
      flopsDone,
      flopsTotal: all,
      ...(this.#spentHere > 0 && { remainingSeconds: ((all - flopsDone) * seconds) / this.#spentHere }),
    };
  }

  #of(id: string): Flops {
    return this.#flops.get(id) ?? 0;
  }
}
