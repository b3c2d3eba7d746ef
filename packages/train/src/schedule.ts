import { TrainError } from "./errors.js";
import { type Check, integer, number, oneOf } from "./fields.js";

/** The learning rate over a run, in shares of its length, so that one schedule serves runs of every length. */
export interface Schedule {
  /** Share of the steps over which the rate rises linearly from near 0 to its peak. */
  readonly warmup: number;
  /** How the rate falls after its plateau. */
  readonly shape: "constant" | "linear" | "cosine";
  /** Share of the steps, at the end, over which it falls to 0. Nothing to `constant`. */
  readonly decay: number;
}

/** The checks of a schedule's fields. */
export const scheduleFields = {
  warmup: number(0, 1),
  shape: oneOf(["constant", "linear", "cosine"]),
  decay: number(0, 1),
} as const satisfies { readonly [K in keyof Schedule]: Check<Schedule[K]> };

/** @throws TrainError `spec` naming a field that is none, or if warm-up and decay are more than the run */
export const checkSchedule = ({ warmup, shape, decay }: Schedule, path: string): void => {
  scheduleFields.warmup(warmup, `${path}.warmup`);
  scheduleFields.shape(shape, `${path}.shape`);
  scheduleFields.decay(decay, `${path}.decay`);
  if (warmup + decay > 1)
    throw new TrainError(
      "spec",
      `${path}.warmup and ${path}.decay are ${warmup} and ${decay}; together they must be at most 1, the whole run`,
    );
};

/**
 * What the peak rate is multiplied by at a step (counted from 0): warm-up, plateau, decay (Hägele et al.,
 * arXiv 2405.18392, for the plateau with a linear end). The first step is above 0 and the last one too, so none is wasted.
 * @throws TrainError `spec` for a schedule that is none, or a step that is no whole number from 0 to steps - 1
 */
export const scheduleFactor = (schedule: Schedule, step: number, steps: number): number => {
  checkSchedule(schedule, "schedule");
  integer(1)(steps, "steps");
  integer(0, steps - 1)(step, "step");
  const { warmup, shape, decay } = schedule;
  const rising = Math.round(warmup * steps);
  const rise = step < rising ? (step + 1) / (rising + 1) : 1;
  if (shape === "constant") return rise;
  const falling = Math.round(decay * steps);
  const left = steps - step;
  if (left > falling) return rise;
  const share = left / (falling + 1);
  return rise * (shape === "linear" ? share : (1 - Math.cos(Math.PI * share)) / 2);
};
