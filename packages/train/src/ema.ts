import { kind, kinds, number, type SpecIn, whole } from "@isoflop/spec";
import { check } from "./errors.js";

/**
 * The relative width of a power profile of exponent γ (arXiv 2312.02696, equation 129).
 * @throws TrainError `spec` unless γ > -1
 */
export const powerWidth = (gamma: number): number => {
  check(number({ above: -1 }), gamma, "gamma");
  return Math.sqrt((gamma + 1) / ((gamma + 2) ** 2 * (gamma + 3)));
};

/** The widest power profile, of γ = 0: the mean of all steps. */
export const MAX_POWER_WIDTH = powerWidth(0);

/** A relative width that a power profile can have. */
export const powerWidthSchema = number({ above: 0, atMost: MAX_POWER_WIDTH });

/**
 * γ of a relative width, by bisection: the width falls monotonically for γ ≥ 0.
 * @throws TrainError `spec` unless the width is above 0 and at most MAX_POWER_WIDTH
 */
export const powerExponent = (width: number): number => {
  check(powerWidthSchema, width, "width");
  let low = 0;
  let high = 1;
  while (powerWidth(high) > width) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (powerWidth(middle) > width) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** Averages of the weights by name: how far one moves towards the new weights at a step, counted from 0. */
export const averagings = kinds("average of the weights", [
  kind({
    name: "power",
    options: { width: powerWidthSchema },
    build({ width }) {
      const exponent = powerExponent(width) + 1;
      return (step: number) => 1 - (1 - 1 / (step + 1)) ** exponent;
    },
  }),
  kind({
    name: "constant",
    options: { decay: number({ atLeast: 0, below: 1 }) },
    build:
      ({ decay }) =>
      (step: number) =>
        1 - Math.min(decay, (1 + step) / (10 + step)),
  }),
  kind({ name: "none", options: {}, build: () => (_: number) => 1 }),
]);

/**
 * Averages of the weights over time, used for evaluation.
 * - `power`: the average at step t weighs step i by i^γ (Karras et al., arXiv 2312.02696, equation 127: decay
 *   (1 − 1/t)^(γ+1)), with γ from `width`, the standard deviation of the profile relative to t. Runs of different
 *   lengths are then averaged over the same share of their steps, as a sweep over budgets needs.
 * - `constant`: decay `decay`, but at most (1 + t) / (10 + t), so that early weights are soon forgotten.
 * - `none`: the weights themselves.
 *
 * Averages are f32: one no longer follows a weight from which it differs by less than 3e-8 / (1 − decay) of itself, 0.2 % after a million
 * steps at width 0.05, a part in 10^5 after five thousand.
 */
export type Averaging = SpecIn<typeof averagings>;

/**
 * How far the average moves towards the new weights at a step (counted from 0): average += blend · (weights − average).
 * @throws TrainError `spec` for an average that is none, and for a step that is no whole number of at least 0
 */
export const averagingBlend = (averaging: Averaging): ((step: number) => number) => {
  const blend = averagings.build(check(averagings.schema, averaging, "averaging"));
  const steps = whole();
  return (step) => blend(check(steps, step, "step"));
};
