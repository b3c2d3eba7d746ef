import type { Comparison } from "../records/comparison.js";
import { type Flops, refuse } from "../types.js";
import { type Pair, type Pairs, tested } from "./pairs.js";
import type { ComputeRange } from "./range.js";

/** Compute that b needs for the loss that a has at C, over C: above one where a is better. */
export const computeRatio = ({ a, b }: Pair, C: Flops): number => b.compute(a.loss(C)) / C;

/** Places at which the logarithm of the ratio is averaged. */
const PLACES = 9;

/**
 * The ratio over the compute that both were fitted to: its geometric mean, whether that is 1, and whether it changes with compute. A ratio that is the
 * same everywhere is what one side multiplies compute by; one that is not has no single name.
 */
export const trendOf = (pairs: Pairs, range: ComputeRange | undefined): Comparison["trend"] => {
  if (!range) return refuse("unreachable", "there is no range of compute to which both are known to be fitted");
  const [low, high] = range.map(Math.log) as [number, number];
  const at = (pair: Pair, share: number) => Math.log(computeRatio(pair, Math.exp(low + share * (high - low))));
  const mean = (pair: Pair) => {
    let sum = 0;
    for (let i = 0; i < PLACES; i++) sum += at(pair, i / (PLACES - 1));
    return sum / PLACES;
  };
  const log = tested(pairs, mean);
  return {
    ok: true,
    range,
    ratio: { value: Math.exp(log.value), ci95: [Math.exp(log.ci95[0]), Math.exp(log.ci95[1])], pValue: log.pValue },
    slope: tested(pairs, (pair) => (at(pair, 1) - at(pair, 0)) / (high - low)),
  };
};
