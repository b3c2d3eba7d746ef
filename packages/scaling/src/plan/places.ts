import { bisect } from "../math/search.js";
import { optimalAllocation } from "../surface/allocate.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import type { Flops, Parameters } from "../types.js";
import { limitsOf, type PlanLimits, sizesLeft } from "./limits.js";
import type { Priced } from "./seconds.js";

/** A run that can be made. */
export interface Place extends Priced {
  /** Of one seed, in the unit of the allowance. */
  readonly cost: number;
  readonly steps?: number;
}

/** Where runs are looked for. */
export interface Field {
  readonly surface: SurfaceFit;
  readonly limits: PlanLimits;
  readonly costOf: (run: Priced) => number;
  /** What all runs may cost together. */
  readonly allowance: number;
}

/** Sizes within this factor of the optimum, where no other is said. */
export const SIZE_FACTOR = 8;
/** The dearest run costs the allowance, the cheapest by default a share of it. */
const CHEAPEST = 1 / 200;
/** A run of a range's end is in the range. */
const SLACK = 1 + 1e-9;

export const flopsOfToken = ({ surface, limits }: Field): ((N: Parameters) => Flops) =>
  limits.flopsPerToken ?? ((N) => surface.flopsPerToken * N);

/** Compute of single runs, from the smallest to the largest. */
export const computesOf = (field: Field): readonly [Flops, Flops] => {
  const { runCompute } = field.limits;
  const most = dearest(field);
  return runCompute ? [runCompute[0], Math.min(runCompute[1], Math.max(most, runCompute[0]))] : [most * CHEAPEST, most];
};

const MOST = Math.log(1e60);

/** The compute whose optimal run costs the whole allowance. */
const dearest = ({ surface, costOf, allowance }: Field): Flops => {
  const excess = (lnC: number) => {
    const best = optimalAllocation(surface, Math.exp(lnC));
    return best.ok ? costOf(best) - allowance : Number.NaN;
  };
  // Where a run costs its compute this is the allowance to the last digit.
  if (costOf({ C: allowance, N: 1, D: 1 }) === allowance) return allowance;
  return Math.exp(bisect(excess, 0, MOST));
};

/** @param factor sizes within it of the optimum of their compute */
export interface Spacing {
  readonly computes: readonly Flops[];
  readonly sizes: number;
  readonly factor: number;
}

/** Runs at these computes that keep every limit but the allowance: so many sizes each, or the steps of a ladder. */
export const placesAt = (field: Field, { computes, sizes: count, factor }: Spacing): Place[] => {
  const { surface, limits, costOf } = field;
  const [smallest, largest] = computesOf(field);
  const { batchTokens, mostSteps = Number.POSITIVE_INFINITY, sizes } = limits;
  const flopsPerToken = flopsOfToken(field);
  const all = limitsOf(limits, flopsPerToken);
  return computes.flatMap((C) => {
    const best = optimalAllocation(surface, C);
    if (!best.ok) return [];
    const [least, most] = sizesLeft(all, C);
    const [low, high] = [Math.max(least, best.N / factor), Math.min(most, best.N * factor)];
    if (!(low <= high * SLACK)) return [];
    return sizesBetween(low, Math.max(low, high), best.N, count, sizes).flatMap((N): Place[] => {
      const perToken = flopsPerToken(N);
      const steps = batchTokens === undefined ? undefined : wholeSteps(C / (perToken * batchTokens), mostSteps);
      const D = steps === undefined ? C / perToken : steps * batchTokens!;
      const spent = steps === undefined ? C : D * perToken;
      const run = { C: spent, N, D };
      // Rounded to a step, a run of an end of the range may be past it by half a step.
      if (steps !== undefined && !(spent >= smallest / HALF_A_STEP && spent <= largest * SLACK)) return [];
      if (!all.every((limit) => limit.allows?.(run) ?? true)) return [];
      return [{ ...run, cost: costOf(run), ...(steps !== undefined && { steps }) }];
    });
  });
};

const HALF_A_STEP = 1.5;

const wholeSteps = (steps: number, most: number): number => Math.min(most, Math.max(1, Math.round(steps)));

/** Place of the i-th of n on an axis from 0 to 1; one alone stands at the end. */
export const share = (i: number, n: number): number => (n > 1 ? i / (n - 1) : 1);

const sizesBetween = (
  low: Parameters,
  high: Parameters,
  best: Parameters,
  count: number,
  sizes: readonly Parameters[] | undefined,
): readonly Parameters[] => {
  if (sizes) {
    const there = [...new Set(sizes)].filter((N) => N * SLACK >= low && N <= high * SLACK).sort((a, b) => a - b);
    if (there.length <= count) return there;
    if (count === 1) return [there.reduce((a, b) => (far(b, best) < far(a, best) ? b : a))];
    return [
      ...new Set(Array.from({ length: count }, (_, i) => there[Math.round(share(i, count) * (there.length - 1))]!)),
    ];
  }
  if (count === 1) return [Math.min(high, Math.max(low, best))];
  return Array.from({ length: count }, (_, i) => low * (high / low) ** share(i, count));
};

const far = (N: Parameters, from: Parameters): number => Math.abs(Math.log(N / from));

/** Computes from the smallest to the largest, even in the logarithm. */
export const evenly = (smallest: Flops, largest: Flops, count: number): Flops[] =>
  Array.from({ length: count }, (_, i) => smallest * (largest / smallest) ** share(i, count));
