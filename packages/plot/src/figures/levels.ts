import { extent } from "@isoflop/scaling";
import { decimalsFor } from "../chart/axis.js";
import type { ColourKey } from "../chart/colour-key.js";
import { logBetween } from "../chart/log.js";

/** Decimals of a level, at most. */
const finest = 12;

/** A run this many times above the highest contour is far from the frontier. */
const farAbove = 1.15;

/**
 * Losses at which contours are drawn: the least loss of `most` computes evenly spaced in the logarithm, from high to low, so
 * that the contours stand evenly along the frontier; rounded to as few decimals as keep them apart. Where a run's loss lies far
 * above them, two more lead up to it, so that runs far from the frontier can be told apart too.
 */
export const lossLevels = (loss: readonly (readonly number[])[], most: number, highestRun = 0): number[] => {
  const lowest = loss.map((row) => row.reduce((a, b) => Math.min(a, b)));
  const wanted = Array.from({ length: most }, (_, k) => {
    const place = ((k + 0.5) / most) * (lowest.length - 1);
    const [i, share] = [Math.min(Math.floor(place), lowest.length - 2), place - Math.floor(place)];
    return lowest[i]! + share * (lowest[i + 1]! - lowest[i]!);
  });
  const [low, high] = extent(wanted);
  if (!(high > low)) return [low];
  const least = wanted.slice(1).reduce((gap, v, k) => Math.min(gap, Math.abs(v - wanted[k]!) || gap), high - low);
  const decimals = Math.min(finest, Math.max(0, Math.ceil(-Math.log10(least / 2))));
  const beyond = highestRun > farAbove * high ? [1 / 3, 2 / 3].map((share) => logBetween(high, highestRun, share)) : [];
  const rounded = [...wanted, ...beyond].map((v) => Number(v.toFixed(decimals)));
  return [...new Set(rounded)].filter((v) => v > 0).sort((a, b) => b - a);
};

/** Colours even between levels, from the highest loss at the dark end of the ramp to the lowest. */
export const levelKey = (levels: readonly number[], label: string): ColourKey => {
  const format = decimalsFor(levels, finest);
  const ticks = levels.map((value) => ({ value, text: format(value) }));
  return { label, ticks, share: (value) => shareOf(levels, value) };
};

const shareOf = (levels: readonly number[], value: number): number => {
  const last = levels.length - 1;
  if (last < 1) return 0.5;
  // Half a step of colour is left at both ends, for losses beyond the first and last contour.
  const at = (place: number) => (place + 0.5) / (last + 1);
  const next = levels.findIndex((level) => level <= value);
  const k = next < 0 ? last : Math.max(1, next);
  const share = (levels[k - 1]! - value) / (levels[k - 1]! - levels[k]!);
  return Math.min(1, Math.max(0, at(k - 1 + share)));
};
