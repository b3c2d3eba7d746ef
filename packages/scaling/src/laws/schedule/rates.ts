import { ScalingError } from "../../errors.js";

/** A learning rate over the steps of a training: knots in ascending steps, straight lines between them, constant before the first. */
export interface RateSchedule {
  readonly step: readonly number[];
  readonly rate: readonly number[];
}

/** @throws ScalingError `bad-value` for steps that do not ascend and rates below zero, or that are all zero */
export const checkSchedule = ({ step, rate }: RateSchedule, name = "the schedule"): void => {
  if (step.length === 0 || step.length !== rate.length)
    throw new ScalingError(
      "bad-value",
      `${name} has ${step.length} steps and ${rate.length} rates; expected as many of each, one at least`,
    );
  for (const [i, at] of step.entries()) {
    const place = { row: i + 1, value: at };
    if (!(at >= 0 && Number.isFinite(at)) || (i > 0 && !(at > step[i - 1]!)))
      throw new ScalingError("bad-value", `step of ${name} is ${at}; expected steps of at least 0 that ascend`, place);
    if (!(rate[i]! >= 0 && Number.isFinite(rate[i]!)))
      throw new ScalingError(
        "bad-value",
        `rate of ${name} is ${rate[i]}; expected a finite number of at least 0`,
        place,
      );
  }
  if (!rate.some((one) => one > 0))
    throw new ScalingError("bad-value", `every rate of ${name} is 0; expected one above`);
};

/** The knot at which the rate first stops rising: where the warm-up ends. */
export const warmupEnd = ({ rate }: RateSchedule): number => {
  const at = rate.findIndex((one, i) => i + 1 === rate.length || rate[i + 1]! <= one);
  return Math.max(0, at);
};

/** The largest rate. */
export const peakOf = ({ rate }: RateSchedule): number => rate.reduce((most, one) => Math.max(most, one), 0);

/**
 * S, the sum of the rates of steps 1 … t, at every knot. Between knots the rate is linear in the step, and its sum over n steps from a
 * (excluded) to b (included) is exactly n (a + b)/2 + (b − a)/2.
 */
export const rateSums = ({ step, rate }: RateSchedule): number[] => {
  const sums: number[] = [];
  let sum = step[0]! * rate[0]!;
  for (let i = 0; i < step.length; i++) {
    if (i > 0) sum += sumBetween(step[i]! - step[i - 1]!, rate[i - 1]!, rate[i]!);
    sums.push(sum);
  }
  return sums;
};

const sumBetween = (steps: number, from: number, to: number): number => (steps * (from + to) + to - from) / 2;

/** The schedule with knots at these steps too, which are within it or before it. */
export const withKnots = (schedule: RateSchedule, at: readonly number[]): RateSchedule => {
  const { step, rate } = schedule;
  const known = new Set(step);
  const all = [...step, ...new Set(at.filter((one) => !known.has(one)))].sort((a, b) => a - b);
  let i = 0;
  return {
    step: all,
    rate: all.map((one) => {
      while (i + 1 < step.length && step[i + 1]! <= one) i++;
      if (one <= step[0]! || i + 1 >= step.length) return one <= step[0]! ? rate[0]! : rate[i]!;
      const share = (one - step[i]!) / (step[i + 1]! - step[i]!);
      return rate[i]! + share * (rate[i + 1]! - rate[i]!);
    }),
  };
};

/** The schedule with the fewest knots that keep every rate within this share of the peak of what it was. */
export const thinned = (schedule: RateSchedule, tolerance = 1e-4): RateSchedule => {
  const { step, rate } = schedule;
  const slack = tolerance * peakOf(schedule);
  const kept = [0];
  for (let last = 0; last < step.length - 1; ) {
    // As far as one straight line from the last knot goes through all between: its slope lies between the steepest and the flattest allowed.
    let [least, most, next] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, last + 1];
    for (let i = last + 1; i < step.length; i++) {
      const steps = step[i]! - step[last]!;
      const slope = (rate[i]! - rate[last]!) / steps;
      if (slope < least || slope > most) break;
      next = i;
      least = Math.max(least, (rate[i]! - slack - rate[last]!) / steps);
      most = Math.min(most, (rate[i]! + slack - rate[last]!) / steps);
    }
    kept.push(next);
    last = next;
  }
  return { step: kept.map((i) => step[i]!), rate: kept.map((i) => rate[i]!) };
};
