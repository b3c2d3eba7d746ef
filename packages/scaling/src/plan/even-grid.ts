import { bisect } from "../math/search.js";
import type { Flops } from "../types.js";
import { computesOf, evenly, type Field, type Place, placesAt, SIZE_FACTOR } from "./places.js";

/** Even grids, the best first: budgets and sizes per budget. */
const EVEN_GRIDS = [
  [3, 5],
  [2, 5],
  [1, 5],
  [1, 3],
  [1, 1],
] as const;

/** A grid that costs the allowance to the last digit is within it. */
const ROUNDING = 1e-9;

/** Of all runs of a grid, for what is rounded to steps and sizes and misses the allowance by a little. */
const SHRINK = 0.98;
const SHRINKS = 100;

/**
 * What one would do without a plan: three budgets a factor of three apart, or what room there is, five sizes each, as large as the
 * allowance pays for, and with several seeds where the largest run is cheap. Fewer budgets where not even that is affordable.
 * @param seeds of each run, at the least and at the most
 */
export const evenGrid = (field: Field, maximumRuns: number, seeds: readonly [number, number]): Place[] => {
  const [smallest, largest] = computesOf(field);
  const [least, mostSeeds] = seeds;
  const most = (field.allowance * (1 + ROUNDING)) / least;
  const factor = Math.sqrt(field.limits.sizeFactor ?? SIZE_FACTOR);
  for (const [budgets, sizes] of EVEN_GRIDS) {
    const runsUpTo = (top: Flops): Place[] => {
      const lowest = Math.max(smallest, top * 3 ** -(budgets - 1));
      return placesAt(field, { computes: evenly(lowest, top, budgets), sizes, factor });
    };
    const priceOf = (top: Flops) => runsUpTo(top).reduce((sum, { cost }) => sum + cost, 0);
    if (budgets * sizes * least > maximumRuns || !(priceOf(smallest) <= most)) continue;
    let top =
      priceOf(largest) <= most
        ? largest
        : Math.exp(
            bisect((x) => priceOf(Math.exp(x)) - field.allowance / least, Math.log(smallest), Math.log(largest)),
          );
    for (let i = 0; i < SHRINKS && priceOf(top) > most; i++) top = Math.max(smallest, top * SHRINK);
    const runs = runsUpTo(top);
    if (runs.length === 0 || priceOf(top) > most) continue;
    const affordable = Math.floor(most / priceOf(top));
    const times = Math.min(affordable, Math.floor(maximumRuns / (runs.length * least)), Math.floor(mostSeeds / least));
    return Array.from({ length: Math.max(1, times) }, () => runs).flat();
  }
  return [];
};
