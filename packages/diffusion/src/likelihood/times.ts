import { check, count } from "../checks.js";
import { momentAt, type NetworkReading } from "../course.js";
import { DiffusionError, must } from "../errors.js";
import { bisected } from "../path.js";
import { checkTimes } from "../sample.js";
import type { Solver } from "../solver.js";
import type { LikelihoodOptions } from "./types.js";

/** Of noise to signal at data, and of signal to noise at noise: where a solve keeps to if the ends themselves are singular. */
const NEAR = 1e-3;

/** Whether a network can be asked at a time, and gives a velocity there. EDM's is told log sigma, which has no end at data. */
const determined = (reading: NetworkReading, t: number): boolean => {
  try {
    momentAt(reading, "velocity", t, undefined);
    return true;
  } catch (error) {
    if (error instanceof DiffusionError && error.code === "singular") return false;
    throw error;
  }
};

/**
 * The first and the last time of a solve: 0 and 1 where the prediction gives the velocity there and the network's inputs are finite, else where noise to signal is 1e-3 (1e-5 on the VP
 * path, as in arXiv 2011.13456) or 1e3.
 */
const endsOf = (reading: NetworkReading): readonly [first: number, last: number] => [
  determined(reading, 0) ? 0 : reading.path.timeAt(NEAR),
  determined(reading, 1) ? 1 : reading.path.timeAt(1 / NEAR),
];

/**
 * Rising times at equal steps of the angle whose tangent is sigma / alpha, and of log(1 + sigma²) / 2. Data of unit variance flow at a constant pace in
 * the first where the variance is kept, and in the second where it grows: a path that hurries at one of its ends, as VP does at data and VE at noise,
 * gets its steps where it does.
 */
const evenTimes = ({ path }: NetworkReading, steps: number, first: number, last: number): number[] => {
  const pace = (t: number): number => {
    const { alpha, sigma } = path.at(t);
    return Math.atan2(sigma, alpha) + Math.log1p(sigma ** 2) / 2;
  };
  const [from, to] = [pace(first), pace(last)];
  return Array.from({ length: steps + 1 }, (_, i) => {
    if (i === 0 || i === steps) return i === 0 ? first : last;
    return bisected(pace, from + ((to - from) * i) / steps, first, last);
  });
};

/** The times of a solve, as told or of so many steps. @throws DiffusionError("option") for what makes no rising times */
export const timesOf = (
  reading: NetworkReading,
  solver: Solver,
  { steps, times, dequantization }: LikelihoodOptions,
): readonly number[] => {
  if (times !== undefined) {
    checkTimes("likelihood", times);
    must(
      times[0]! < times[1]!,
      "option",
      `likelihood: times are [${times.join(", ")}]; they rise, from data to noise.`,
    );
    must(steps === undefined, "option", "likelihood: steps and times are given; it takes one of them.");
    const from = dequantization?.time;
    const meets = from === undefined || Math.abs(times[0]! - from) <= 1e-9;
    must(
      meets,
      "option",
      `likelihood: times begin at ${times[0]}; ${dequantization?.name} gives samples of t = ${from}.`,
    );
    return times;
  }
  const [first, last] = endsOf(reading);
  const many = check(count, steps ?? (solver.control ? 1 : 64), "likelihood: steps");
  return evenTimes(reading, many, dequantization?.time ?? first, last);
};
