import { positive, ScalingError } from "../../errors.js";
import { sampleAlong } from "../../math/sample.js";
import { checkSchedule, peakOf, type RateSchedule, rateSums, thinned, warmupEnd } from "./rates.js";
import type { ScheduleCurve } from "./record.js";

/** A training's losses at some steps, with the rate at each. */
export interface ScheduledCurve extends RateSchedule {
  readonly name?: string | undefined;
  readonly loss: readonly number[];
}

/** More points than this say no more of seven numbers, and the law costs as many sums over falls. */
const MOST = 320;
/** Rows about a point are as good as the point where the sum of rates, and the rate, differ by less. */
const ALIKE = 0.01;

/**
 * A curve as it is fitted: rows after the warm-up and `skip` more steps, spread over the steps and over their logarithm, each with the mean loss of its
 * neighbours that are as good as it; and the schedule with as few knots as it needs.
 * @throws ScalingError `bad-value` for what cannot be a curve
 */
export const pointsOf = (curve: ScheduledCurve, name: string, skip: number): ScheduleCurve => {
  const { step, rate, loss } = curve;
  checkSchedule({ step, rate }, name);
  if (loss.length !== step.length)
    throw new ScalingError(
      "bad-value",
      `${name} has ${step.length} steps and ${loss.length} losses; expected as many of each`,
    );
  for (const [i, one] of loss.entries()) positive(`loss of ${name}`, one, i + 1);
  const sums = rateSums(curve);
  const first = step[warmupEnd(curve)]! + skip;
  const rows = step.flatMap((at, i) => (at > first && sums[i]! > 0 ? [i] : []));
  const chosen = sampleAlong(
    rows.map((i) => Math.log(sums[i]!)),
    MOST,
  ).map((j) => rows[j]!);
  const slack = ALIKE * peakOf(curve);
  const alike = (i: number, j: number) =>
    rows[0]! <= j &&
    j < step.length &&
    Math.abs(sums[j]! / sums[i]! - 1) < ALIKE &&
    Math.abs(rate[j]! - rate[i]!) < slack;
  return {
    name,
    schedule: thinned({ step, rate }),
    step: chosen.map((i) => step[i]!),
    loss: chosen.map((i, n) => {
      // Half way to the next points, so that no row counts twice.
      const room = Math.floor((Math.min(i - (chosen[n - 1] ?? i), (chosen[n + 1] ?? i) - i) - 1) / 2);
      let width = 0;
      while (width < room && alike(i, i - width - 1) && alike(i, i + width + 1)) width++;
      const about = loss.slice(i - width, i + width + 1);
      return about.reduce((sum, one) => sum + one, 0) / about.length;
    }),
  };
};
