import { badOption } from "../../errors.js";
import { studentFactor95 } from "../../math/distributions.js";
import { quadraticForm } from "../../math/linear.js";
import type { FitPrediction } from "../../prediction.js";
import { type Interval, type Outcome, type Predicted, refuse } from "../../types.js";
import { ALL, CONSTANT, lossesAt, prepare } from "./model.js";
import { checkSchedule, peakOf, type RateSchedule } from "./rates.js";
import type { ScheduleFit } from "./record.js";

/** A point of a predicted curve. */
export interface SchedulePoint extends Predicted {
  readonly step: number;
}

/**
 * The loss under a schedule at ascending steps of it: where the law is, and where a point like those that were fitted falls, at 95 %.
 * @returns a refusal for a schedule whose rate falls, where the fit knows nothing of falling rates
 * @throws ScalingError `bad-value` for what cannot be a schedule, `bad-option` for steps that do not ascend from above 0 to its end
 */
export const scheduleLosses = (
  fit: ScheduleFit,
  schedule: RateSchedule,
  steps: readonly number[],
): Outcome<{ readonly points: readonly SchedulePoint[] }> => {
  checkSchedule(schedule);
  const end = schedule.step.at(-1)!;
  const bad = steps.findIndex((step, i) => !(step > (steps[i - 1] ?? 0) && step <= end));
  if (bad >= 0)
    throw badOption("steps", steps[bad], `steps that ascend from above 0 to ${end}, the end of the schedule`);
  const prepared = prepare(schedule, steps, { sum: 1, rate: 1 });
  if (fit.theta.length === CONSTANT && prepared.fall.some((fall) => fall !== 0))
    return refuse("unidentified", "the rate falls, and the curves of this fit do not show what that gains");
  const gradient = new Float64Array(ALL);
  const lossAt = lossesAt(fit.theta, prepared);
  const factor = studentFactor95(Math.max(1, fit.degreesOfFreedom));
  return {
    ok: true,
    points: steps.map((step, i) => {
      const value = lossAt(i, gradient);
      if (!fit.covariance || !(value > 0)) return { step, value };
      const relative = [...gradient.slice(0, fit.theta.length)].map((one) => one / value);
      const variance = Math.max(0, quadraticForm(fit.covariance, relative));
      const around = (spread: number): Interval => {
        const half = factor * Math.sqrt(spread);
        return [value * Math.exp(-half), value * Math.exp(half)];
      };
      return { step, value, ci95: around(variance), interval95: around(variance + fit.residualStandardDeviation ** 2) };
    }),
  };
};

/** The loss at the end of a schedule. */
export const predictSchedule = (fit: ScheduleFit, schedule: RateSchedule): Outcome<FitPrediction> => {
  const steps = schedule.step.at(-1)!;
  const found = scheduleLosses(fit, schedule, [steps]);
  if (!found.ok) return found;
  const { step: _, ...loss } = found.points[0]!;
  return { ok: true, record: "prediction", given: { steps, peak: peakOf(schedule) }, predicted: { loss }, notes: {} };
};
