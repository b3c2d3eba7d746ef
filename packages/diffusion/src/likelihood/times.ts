import { momentAt, type Reading } from "../course.js";
import { DiffusionError } from "../errors.js";
import { bisected } from "../path.js";

/** Of noise to signal at data, and of signal to noise at noise: where a solve keeps to if the ends themselves are singular. */
const NEAR = 1e-3;

const determined = (reading: Reading, t: number): boolean => {
  try {
    momentAt(reading, "velocity", t, undefined);
    return true;
  } catch (error) {
    if (error instanceof DiffusionError && error.code === "singular") return false;
    throw error;
  }
};

/**
 * The first and the last time of a solve: 0 and 1 where the prediction gives the velocity there, else where noise to signal is 1e-3 (1e-5 on the VP
 * path, as in arXiv 2011.13456) or 1e3.
 */
export const endsOf = (reading: Reading): readonly [first: number, last: number] => [
  determined(reading, 0) ? 0 : reading.path.timeAt(NEAR),
  determined(reading, 1) ? 1 : reading.path.timeAt(1 / NEAR),
];

/**
 * Rising times at equal steps of the angle whose tangent is sigma / alpha, and of log(1 + sigma²) / 2. Data of unit variance flow at a constant pace in
 * the first where the variance is kept, and in the second where it grows: a path that hurries at one of its ends, as VP does at data and VE at noise,
 * gets its steps where it does.
 */
export const evenTimes = ({ path }: Reading, steps: number, first: number, last: number): number[] => {
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
