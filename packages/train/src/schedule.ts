import { choice, number, whole } from "@isoflop/spec";
import * as v from "valibot";
import { check } from "./errors.js";

/** The learning rate over a run, in shares of its length, so that one schedule serves runs of every length. */
export interface Schedule {
  /** Share of the steps over which the rate rises linearly from near 0 to its peak. */
  readonly warmup: number;
  /** How the rate falls after its plateau. */
  readonly shape: "constant" | "linear" | "cosine";
  /** Share of the steps, at the end, over which it falls to 0. Nothing to `constant`. */
  readonly decay: number;
}

/** A schedule's fields and their defaults. */
export const scheduleFields = {
  warmup: v.optional(number({ atLeast: 0, atMost: 1 }), 0.05),
  shape: v.optional(choice(["constant", "linear", "cosine"]), "linear"),
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

const schedules = v.pipe(v.object(scheduleFields), withinRun());

/**
 * What the peak rate is multiplied by at a step (counted from 0): warm-up, plateau, decay (Hägele et al.,
 * arXiv 2405.18392, for the plateau with a linear end). The first step is above 0 and the last one too, so none is wasted.
 * @throws TrainError `spec` for a schedule that is none, or a step that is no whole number from 0 to steps - 1
 */
export const scheduleFactor = (schedule: Schedule, step: number, steps: number): number => {
  const { warmup, shape, decay } = check(schedules, schedule, "schedule");
  check(whole({ atLeast: 1 }), steps, "steps");
  check(whole({ atMost: steps - 1 }), step, "step");
  const rising = Math.round(warmup * steps);
  const rise = step < rising ? (step + 1) / (rising + 1) : 1;
  if (shape === "constant") return rise;
  const falling = Math.round(decay * steps);
  const left = steps - step;
  if (left > falling) return rise;
  const share = left / (falling + 1);
  return rise * (shape === "linear" ? share : (1 - Math.cos(Math.PI * share)) / 2);
};
