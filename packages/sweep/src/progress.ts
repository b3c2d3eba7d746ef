import type { Flops, Seconds } from "@isoflop/flops";
import type { StepMetrics } from "@isoflop/train";
import { Ending, Pace, Paces, secondsOf } from "./pace.js";
import { placeOf } from "./place.js";
import type { RunSpec } from "./spec.js";

/** A run that is going on now. */
export interface RunningRun {
  readonly id: string;
  readonly spec: RunSpec;
  /** Steps done: 0 while it is set up, all while it is validated. */
  readonly step: number;
  /** The metric that is measured now: its training is over. */
  readonly measuring?: string;
  /** The latest step's metrics. */
  readonly latest?: StepMetrics;
  /** FLOPs per second of its steps of late, once there were some in this session. */
  readonly speed?: number;
}

export interface SweepProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Runs that stopped after steps of theirs: they go on from a checkpoint. */
  readonly interrupted: number;
  readonly running: readonly RunningRun[];
  /** Of all runs of the sweep, done before this session or in it. */
  readonly flopsDone: Flops;
  readonly flopsTotal: Flops;
  /** Since the first run of this session began. */
  readonly elapsedSeconds: Seconds;
  /** Until all is done, by the speeds that sizes reached in this session; absent until they are known well enough. */
  readonly remainingSeconds?: Seconds;
}

/** A run of a sweep; where its spec is not known, what it costs. */
export type MeteredRun = { readonly id: string } & (
  | { readonly spec: RunSpec }
  | { readonly spec?: undefined; readonly flops: Flops }
);

/** When the remaining time is said: every running model was measured for so long, or this share of the compute was done. */
const FOUNDED = { steps: 8, seconds: 1, share: 0.02 };

interface Job {
  flops: Flops;
  /** FLOPs of a step. */
  size: Flops;
  steps: number;
  step: number;
  state: "waiting" | "running" | "done" | "failed" | "interrupted";
  readonly pace: Pace;
  spec?: RunSpec;
  latest?: StepMetrics;
  measuring?: string;
  /** Seconds on the clock: when it began here, and when steps were told of last. */
  begun: number;
  told?: number;
}

/** Adds up where a sweep stands, and when it will be done. */
export class SweepMeter {
  readonly #jobs = new Map<string, Job>();
  readonly #paces = new Paces();
  readonly #ending = new Ending();
  /** What a run takes before its first and after its last step: in seconds, and in steps of its own. */
  readonly #before = new Mean();
  readonly #after = new Mean();
  #spentHere = 0;
  #lanes = 0;
  #started: number | undefined;
  #founded = false;

  constructor(
    runs: readonly MeteredRun[],
    /** Milliseconds. */
    readonly now: () => number = () => performance.now(),
  ) {
    for (const run of runs) this.add(run);
  }

  /** Counts a run too; of one that is counted, what was learned of it. */
  add(run: MeteredRun): void {
    const known = this.#jobs.get(run.id);
    if (!known) this.#jobs.set(run.id, { ...costOf(run), step: 0, state: "waiting", pace: new Pace(), begun: 0 });
    else if (known.steps === 1) Object.assign(known, costOf(run));
  }

  /** Counts a run no more. */
  drop(id: string): void {
    this.#jobs.delete(id);
  }

  /** A run that was begun before and goes on from where it is, once someone takes it. */
  pause(id: string, spec: RunSpec, step: number): void {
    this.add({ id, spec });
    Object.assign(this.#jobs.get(id)!, { state: "interrupted", step });
  }

  /** Takes a speed from a run that was done before, on the machine that goes on. */
  recall(spec: RunSpec, seconds: Seconds): void {
    const { flops, size, steps } = costOf({ id: "", spec });
    this.#paces.of(size).add(flops, seconds, steps);
    this.#founded = true;
  }

  begin(id: string, spec: RunSpec): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    const now = this.#seconds();
    this.#started ??= now;
    this.add({ id, spec });
    Object.assign(job, { state: "running", spec, begun: now, told: undefined });
    this.#lanes = Math.max(this.#lanes, this.#running().length);
  }

  /** `metrics` are of the steps done in this session since the last call: only they tell its speed. */
  advance(id: string, step: number, metrics: readonly StepMetrics[]): void {
    const job = this.#jobs.get(id);
    if (job?.state !== "running") return;
    const now = this.#seconds();
    const spent = job.size * metrics.length;
    // The first steps of a session took what it takes to set up a run as well.
    if (job.told === undefined) this.#before.add(now - job.begun);
    else for (const pace of [job.pace, this.#paces.of(job.size)]) pace.add(spent, now - job.told, metrics.length);
    this.#spentHere += spent;
    const latest = metrics.at(-1) ?? job.latest;
    Object.assign(job, { step, told: now, ...(latest && { latest }) });
  }

  /** Its training is over, in this session or before, and a metric is measured. */
  measure(id: string, spec: RunSpec, measuring: string): void {
    this.begin(id, spec);
    Object.assign(this.#jobs.get(id) ?? {}, { step: spec.steps, measuring });
  }

  end(id: string, state: "done" | "failed" | "interrupted"): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    const { speed } = job.pace;
    if (state === "done" && job.state === "running" && job.told !== undefined && speed !== undefined)
      this.#after.add(((this.#seconds() - job.told) * speed) / job.size);
    job.state = state;
    delete job.measuring;
    if (state !== "interrupted") job.step = job.steps;
  }

  progress(): SweepProgress {
    const jobs = [...this.#jobs.values()];
    const count = (state: Job["state"]) => jobs.filter((job) => job.state === state).length;
    const flopsTotal = jobs.reduce((sum, { flops }) => sum + flops, 0);
    const flopsDone = jobs.reduce((sum, { flops, step, steps }) => sum + (flops * step) / steps, 0);
    const remainingSeconds = this.#remaining(flopsTotal);
    return {
      total: jobs.length,
      done: count("done"),
      failed: count("failed"),
      interrupted: jobs.filter(({ state, step, steps }) => state === "interrupted" && step > 0 && step < steps).length,
      running: this.#running(),
      flopsDone,
      flopsTotal,
      elapsedSeconds: this.#started === undefined ? 0 : this.#seconds() - this.#started,
      ...(remainingSeconds !== undefined && { remainingSeconds }),
    };
  }

  #running(): RunningRun[] {
    return [...this.#jobs].flatMap(([id, { state, spec, step, latest, measuring, pace }]) => {
      if (state !== "running" || !spec) return [];
      const { speed } = pace;
      const known = { ...(latest && { latest }), ...(speed && { speed }), ...(measuring && { measuring }) };
      return [{ id, spec, step, ...known }];
    });
  }

  #remaining(flopsTotal: Flops): number | undefined {
    const jobs = [...this.#jobs.values()];
    const running = jobs.filter(({ state }) => state === "running");
    const waiting = jobs.filter(({ state }) => state === "waiting" || state === "interrupted");
    this.#founded ||= this.#isFounded(running, flopsTotal);
    if (!this.#founded) return undefined;
    const now = this.#seconds();
    const left = ({ size, step, steps, told = now }: Job): number => {
      const speed = this.#paces.speedOf(size) ?? Number.NaN;
      const after = steps > 1 ? this.#after.value : 0;
      return Math.max(0, (size * (steps - step + after)) / speed - (now - told));
    };
    const lanes = running.map((job) => left(job) + (job.told === undefined ? this.#before.value : 0));
    while (lanes.length < this.#lanes) lanes.push(0);
    const others = waiting.map((job) => left({ ...job, told: now }) + this.#before.value);
    return this.#ending.left(secondsOf(lanes, others), now);
  }

  #isFounded(running: readonly Job[], flopsTotal: Flops): boolean {
    const { steps, seconds, share } = FOUNDED;
    if (!this.#paces.speedOf(1)) return false;
    const measured = ({ pace, step, steps: all }: Job) =>
      step === all || (pace.steps >= steps && pace.seconds >= seconds);
    return this.#spentHere >= share * flopsTotal || (running.length > 0 && running.every(measured));
  }

  #seconds(): number {
    return this.now() / 1000;
  }
}

/** Of what nothing is known but the compute, a step is as large as all of it; what cannot be counted spends its budget. */
const costOf = (run: MeteredRun): Pick<Job, "flops" | "size" | "steps"> => {
  if (run.spec === undefined) return { flops: run.flops, size: run.flops, steps: 1 };
  const { steps, budget } = run.spec;
  const flops = spentBy(run.spec) ?? budget;
  return { flops, size: flops / steps, steps };
};

/** Undefined where the model has parts that are not registered here. */
const spentBy = (spec: RunSpec): Flops | undefined => {
  try {
    return placeOf(spec).flops;
  } catch {
    return undefined;
  }
};

/** The mean of what was measured, 0 before. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  get value(): number {
    return this.#count > 0 ? this.#sum / this.#count : 0;
  }
}
