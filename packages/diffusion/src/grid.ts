import { check, checkPath, count } from "./checks.js";
import { must } from "./errors.js";
import type { Path } from "./path.js";

/** Where a walk stops on its way from noise to data. */
export interface TimeGrid {
  readonly name: string;
  /**
   * The falling times of so many steps on a path, one more than steps.
   * @throws DiffusionError("option") for too few steps, or noise that the path does not have
   */
  times(path: Path, steps: number): readonly number[];
}

/** A grid whose times are asked for on a path and in whole steps. */
export const defineGrid = (name: string, times: TimeGrid["times"]): TimeGrid => ({
  name,
  times(path, steps) {
    checkPath(`the ${name} grid`, path);
    return times(path, check(count, steps, `the ${name} grid: steps`));
  },
});

/** Falling times of so many steps: `at` gives one for each share of the way, 0 first and 1 last. */
export const alongWay = (steps: number, at: (share: number) => number): number[] =>
  Array.from({ length: steps + 1 }, (_, i) => at(i / steps));

/** Times as {@link alongWay}, but that the last step leads from the last of them to data. */
export const thenToData = (steps: number, at: (share: number) => number): number[] =>
  steps === 1 ? [at(0), 0] : [...alongWay(steps - 1, at), 0];

/** Noise to signal, sigma / alpha, at a time of a path. */
export const ratioAt = (path: Path, t: number): number => {
  const { alpha, sigma } = path.at(t);
  return (sigma as number) / (alpha as number);
};

/** The largest and the smallest sigma / alpha of a grid. */
export interface Ratios {
  readonly sigmaMin: number;
  readonly sigmaMax: number;
}

/** The part of a range of sigma / alpha that a path has. @throws DiffusionError("option") where it has none of it */
export const onPath = (name: string, path: Path, { sigmaMin, sigmaMax }: Ratios): Ratios => {
  const [least, most] = [ratioAt(path, 0), ratioAt(path, 1)];
  const range = { sigmaMin: Math.max(sigmaMin, least), sigmaMax: Math.min(sigmaMax, most) };
  must(
    range.sigmaMin < range.sigmaMax,
    "option",
    `${name}: sigmas are ${sigmaMin} and ${sigmaMax}, on the ${path.name} path from ${least} to ${most}; they take sigmaMin < sigmaMax, both in part of it.`,
  );
  return range;
};

/**
 * Times at which sigma / alpha is as told, from the largest (share 0) to the smallest (1) and from there to data; where the path itself ends with the
 * smallest, there.
 */
export const byRatio = (path: Path, steps: number, { sigmaMin }: Ratios, at: (share: number) => number): number[] => {
  const timeAt = (share: number): number => path.timeAt(at(share));
  return path.timeAt(sigmaMin) === 0
    ? alongWay(steps, (share) => (share === 1 ? 0 : timeAt(share)))
    : thenToData(steps, timeAt);
};
