import { type RateSchedule, rateSums, warmupEnd, withKnots } from "./rates.js";

/** Numbers of the law: ln L₀, ln A, α, and, of what decay gains, ln B, ln C, ln β, γ. */
export const CONSTANT = 3;
export const ALL = 7;

/** Units in which rates and their sums are near one, so that the numbers of the law are nearly independent. */
export interface Units {
  readonly sum: number;
  readonly rate: number;
}

/** What a schedule is to the law: its sums at some steps, and its falls. */
export interface Prepared {
  /** S at each of the steps. */
  readonly sums: Float64Array;
  /** Falls of the rate after the warm-up, in their order: S before each, the rate it falls to, and by how much; a rise is negative. */
  readonly before: Float64Array;
  readonly logRate: Float64Array;
  readonly fall: Float64Array;
  /** Falls that have happened at each of the steps. */
  readonly happened: Int32Array;
}

/** A fall of the whole peak is taken in as many parts: a sum over the parts is then as good as one over the steps. */
const PARTS = 128;
/** A rate of zero counts as this share of the unit: the law has powers of it. */
const LEAST_RATE = 1e-9;

/**
 * Sums and falls of a schedule at ascending steps. Steps between knots fall by equal amounts and are taken together, so that the law costs as much
 * as the schedule has bends and not as it has steps. A single step is exact.
 */
export const prepare = (schedule: RateSchedule, at: readonly number[], units: Units): Prepared => {
  const fine = withKnots(schedule, [...at, ...splits(schedule)]);
  const sums = rateSums(fine);
  const start = fine.step.indexOf(schedule.step[warmupEnd(schedule)]!);
  const falls: { readonly step: number; readonly before: number; readonly rate: number; readonly fall: number }[] = [];
  for (let i = start + 1; i < fine.step.length; i++) {
    const [from, to] = [fine.rate[i - 1]!, fine.rate[i]!];
    if (from === to) continue;
    const steps = fine.step[i]! - fine.step[i - 1]!;
    // Means over the steps between: of the sum before a step, and of the rate that it falls to.
    const before = steps <= 1 ? sums[i - 1]! : (sums[i - 1]! + sums[i]! - to) / 2;
    const rate = steps <= 1 ? to : from + ((to - from) * (steps + 1)) / (2 * steps);
    falls.push({ step: fine.step[i]!, before: Math.min(before, sums[i]!), rate, fall: from - to });
  }
  let count = 0;
  const indexOf = new Map(fine.step.map((step, i) => [step, i]));
  return {
    sums: Float64Array.from(at, (step) => sums[indexOf.get(step)!]! / units.sum),
    before: Float64Array.from(falls, ({ before }) => before / units.sum),
    logRate: Float64Array.from(falls, ({ rate }) => Math.log(Math.max(LEAST_RATE, rate / units.rate))),
    fall: Float64Array.from(falls, ({ fall }) => fall / units.rate),
    happened: Int32Array.from(at, (step) => {
      while (count < falls.length && falls[count]!.step <= step) count++;
      return count;
    }),
  };
};

/** No part falls by a larger share of the rate from which it falls: of a rate near zero the law has steep powers. */
const LARGEST_SHARE = 0.25;

/** Steps at which long falls, and rises, are cut into parts. */
const splits = ({ step, rate }: RateSchedule): number[] => {
  const peak = rate.reduce((most, one) => Math.max(most, one), 0);
  const out: number[] = [];
  for (let i = 1; i < step.length; i++) {
    const steps = step[i]! - step[i - 1]!;
    const [low, high] = [Math.min(rate[i - 1]!, rate[i]!), Math.max(rate[i - 1]!, rate[i]!)];
    for (let at = high, left = steps; left > 1; ) {
      at -= Math.min(peak / PARTS, LARGEST_SHARE * at);
      const rest = (steps * (at - low)) / (high - low);
      // No part is shorter than a step.
      left = Math.floor(Math.min(rest, left - 1));
      if (!(left >= 1)) break;
      at = low + ((high - low) * left) / steps;
      out.push(rate[i]! < rate[i - 1]! ? step[i]! - left : step[i - 1]! + left);
    }
  }
  return out;
};

/** The loss at the i-th of the prepared steps; writes its derivatives by θ. */
export type LossAt = (i: number, gradient: Float64Array) => number;

/**
 * The law at θ on a prepared schedule (Luo et al. 2025, 2503.12811, eq. 1):
 * L = L₀ + A S^−α − B Σ_k (η_{k−1} − η_k) G(η_k^−γ (S − S_{k−1})), G(x) = 1 − (1 + C x)^−β.
 * S counts the warm-up. A θ of three numbers is a law without the sum.
 */
export const lossesAt = (theta: ArrayLike<number>, { sums, before, logRate, fall, happened }: Prepared): LossAt => {
  const floor = Math.exp(theta[0]!);
  const decays = theta.length > CONSTANT;
  const [size, logC, beta, gamma] = decays
    ? [Math.exp(theta[3]!), theta[4]!, Math.exp(theta[5]!), theta[6]!]
    : [0, 0, 0, 0];
  const scale = decays ? logRate.map((log) => Math.exp(logC - gamma * log)) : logRate;
  return (i, gradient) => {
    const sum = sums[i]!;
    const power = Math.exp(theta[1]! - theta[2]! * Math.log(sum));
    gradient[0] = floor;
    gradient[1] = power;
    gradient[2] = -Math.log(sum) * power;
    if (!decays) return floor + power;
    let [gain, byC, byBeta, byGamma] = [0, 0, 0, 0];
    const count = happened[i]!;
    for (let k = 0; k < count; k++) {
      const x = scale[k]! * (sum - before[k]!);
      const log = Math.log1p(x);
      const left = fall[k]! * Math.exp(-beta * log);
      gain += fall[k]! - left;
      const slope = (beta * left * x) / (1 + x);
      byC += slope;
      byGamma -= slope * logRate[k]!;
      byBeta += beta * log * left;
    }
    gradient[3] = -size * gain;
    gradient[4] = -size * byC;
    gradient[5] = -size * byBeta;
    gradient[6] = -size * byGamma;
    return floor + power - size * gain;
  };
};
