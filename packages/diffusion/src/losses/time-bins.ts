import { check, count } from "../checks.js";
import type { TimestepDensity } from "../density.js";
import { must } from "../errors.js";
import { quantiles } from "../stratified.js";
import type { LossBin } from "./convert.js";
import { stratifiedMean } from "./estimate.js";

const ascends = (times: ArrayLike<number>): number => {
  for (let i = 0; i < times.length; i++)
    if (!(times[i]! > (i === 0 ? Number.NEGATIVE_INFINITY : times[i - 1]!)) || !Number.isFinite(times[i])) return i;
  return -1;
};

/**
 * The loss by noise level: losses in order of their times, in bins of equal share of the samples, each with its mean and standard error (by
 * `stratifiedMean`). The mean of the bins' means is the mean of all losses.
 * @param at the density at whose quantiles (i + ½) / n the losses were measured, `quantiles(density, n)`: bins then meet at its quantiles k / bins,
 *   and reach from 0 to 1. Or the times themselves, ascending: bins then reach from their first sample to their last
 * @param bins at most half as many as there are losses, whose number they must divide into even parts
 * @throws DiffusionError("option") for a number of bins that is none, ("values") for losses that are not finite, times that are not as many or do not ascend, or a number of bins that does not divide them
 */
export const timeBins = (
  losses: ArrayLike<number>,
  at: TimestepDensity | ArrayLike<number>,
  bins: number,
): readonly LossBin[] => {
  check(count, bins, "timeBins: bins");
  const n = losses.length;
  const size = n / bins;
  const right = "it must divide them into even parts, as neighbours are compared in pairs";
  must(n > 0 && size % 2 === 0, "values", `timeBins: bins is ${bins} and there are ${n} losses; ${right}`);
  const edges = "quantile" in at ? edgesOf(at, bins) : undefined;
  const times = edges ? undefined : (at as ArrayLike<number>);
  if (times) {
    must(times.length === n, "values", `timeBins: got ${n} losses and ${times.length} times; each loss has one`);
    const bad = ascends(times);
    must(bad === -1, "values", `timeBins: time ${bad} is ${times[bad]}; times must be finite numbers that ascend`);
  }
  return Array.from({ length: bins }, (_, i): LossBin => {
    const [from, to] = edges ? [edges[i]!, edges[i + 1]!] : [times![i * size]!, times![(i + 1) * size - 1]!];
    const part = Float64Array.from({ length: size }, (__, j) => losses[i * size + j]!);
    return { from, to, ...stratifiedMean(part) };
  });
};

/** 0, the quantiles between bins, and 1. */
const edgesOf = (density: TimestepDensity, bins: number): readonly number[] => [...quantiles(density, bins, 0), 1];
