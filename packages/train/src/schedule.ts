import { kind, kinds, nameOrRecord, number, type SpecIn, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check, must, TrainError } from "./errors.js";

/** Where a run is, in steps. */
export interface FallPlace {
  /** Steps done with the one that is asked for: `start` + 1 at the first of the fall. */
  readonly steps: number;
  /** Steps before the fall, at least 1. */
  readonly start: number;
}

/**
 * How the rate falls: the factor of the peak rate when a share of the fall is left, from just below 1 at its first step to just above 0 at
 * the last one of the run. A finite number of at least 0. Laws of the steps done read `at`,
 * which {@link scheduleFactor} always says.
 */
export type Fall = (left: number, at?: FallPlace) => number;

/**
 * 1 / √(t / t_ref) at step t (Karras et al., arXiv 2312.02696, equation 67): a law of the steps done, not of what is left, so that it does not
 * end at 0 and would go on in a longer run. t_ref is where the fall begins, the share 1 − `decay` of the run, so that runs of every length fall
 * alike; `from` asks for one number of steps in all runs, as EDM2 has it, and takes part where the fall has begun by then.
 */
const inverseSqrt = kind({
  name: "inverseSqrt",
  about: "with the inverse square root of the steps",
  options: { from: v.exactOptional(whole({ atLeast: 1 })) },
  build:
    ({ from = 1 }): Fall =>
    (_, at) => {
      must(at, "spec", "inverseSqrt falls by the steps done, which are missing; pass { steps, start }");
      return 1 / Math.sqrt(Math.max(1, at.steps / Math.max(from, at.start)));
    },
});

/** Falls of the rate by name. */
export const schedules = kinds("learning-rate schedule", [
  kind({ name: "constant", about: "no fall", options: {}, build: (): Fall => () => 1 }),
  kind({ name: "linear", about: "to 0 in a straight line", options: {}, build: (): Fall => (left) => left }),
  kind({
    name: "cosine",
    about: "to 0 along a half cosine",
    options: {},
    build: (): Fall => (left) => (1 - Math.cos(Math.PI * left)) / 2,
  }),
  inverseSqrt,
]);

/** The record of a fall. */
export type FallSpec = SpecIn<typeof schedules>;

/** The learning rate over a run, in shares of its length, so that one schedule serves runs of every length. */
export interface Schedule {
  /** Share of the steps over which the rate rises linearly from near 0 to its peak. */
  readonly warmup: number;
  /** How the rate falls after its plateau: a name alone, or a record where an option is not at its default. */
  readonly shape: FallSpec | FallSpec["kind"];
  /** Share of the steps, at the end, over which it falls. Nothing to `constant`; for `inverseSqrt` the plateau before it is t_ref. */
  readonly decay: number;
}

/** A schedule's fields and their defaults. */
export const scheduleFields = {
  warmup: v.optional(number({ atLeast: 0, atMost: 1 }), 0.05),
  shape: v.optional(nameOrRecord(schedules), "linear"),
  decay: v.optional(number({ atLeast: 0, atMost: 1 }), 0.3),
} as const;

/** Warm-up and decay are no more than the run. */
export const withinRun = <T extends Schedule>() =>
  v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.value.warmup + dataset.value.decay <= 1) return;
    const { warmup, decay } = dataset.value;
    addIssue({
      message: `warmup and decay are ${warmup} and ${decay}; together they must be at most 1, the whole run`,
    });
  });

const schema = v.pipe(v.object(scheduleFields), withinRun());

/**
 * What the peak rate is multiplied by at each step (counted from 0) of a run: warm-up, plateau, decay (Hägele et al.,
 * arXiv 2405.18392, for the plateau with a linear end). The first step is above 0 and the last one too, so none is wasted. The schedule is read
 * once, so that a step costs little.
 * @throws TrainError `spec` for a schedule that is none; the factors for a step that is no whole number from 0 to steps - 1, or a fall that gives none
 */
export const scheduleFactors = (schedule: Schedule, steps: number): ((step: number) => number) => {
  const { warmup, shape, decay } = check(schema, schedule, "schedule");
  check(whole({ atLeast: 1 }), steps, "steps");
  const rising = Math.round(warmup * steps);
  const falling = Math.round(decay * steps);
  const start = Math.max(1, steps - falling);
  const fall = schedules.build(shape);
  const name = typeof shape === "string" ? shape : shape.kind;
  return (step) => {
    if (!(Number.isInteger(step) && step >= 0 && step < steps)) check(whole({ atMost: steps - 1 }), step, "step");
    const rise = step < rising ? (step + 1) / (rising + 1) : 1;
    const left = steps - step;
    if (left > falling) return rise;
    const share = left / (falling + 1);
    const factor = fall(share, { steps: step + 1, start });
    if (factor >= 0 && factor < Infinity) return rise * factor;
    const right = "it must be a finite number of at least 0";
    throw new TrainError("spec", `schedule "${name}" gives ${factor} where ${share} is left; ${right}`);
  };
};

/** The factor of one step. @throws TrainError as {@link scheduleFactors} and its factors */
export const scheduleFactor = (schedule: Schedule, step: number, steps: number): number =>
  scheduleFactors(schedule, steps)(step);
