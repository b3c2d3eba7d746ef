import { ascending, quantileSorted } from "../math/quantile.js";
import type { Interval } from "../types.js";
import type { OptimumCurve } from "./curve.js";

/** A curve of each side. */
export interface Pair {
  readonly a: OptimumCurve;
  readonly b: OptimumCurve;
}

/** Two sides at their best, and drawn together from the uncertainty of each. */
export interface Pairs {
  readonly best: Pair;
  readonly drawn: readonly Pair[];
  /** Sides whose errors are not known: what follows from them alone has no interval. */
  readonly errorless?: readonly (keyof Pair)[];
}

const UNKNOWN: Interval = [Number.NaN, Number.NaN];
const BOTH: readonly (keyof Pair)[] = ["a", "b"];

/** {@link intervalOf}, where there is one. @param sides from which the values follow */
export const spreadOf = ({ errorless = [] }: Pairs, values: readonly number[], sides = BOTH): Interval =>
  sides.every((side) => errorless.includes(side)) ? UNKNOWN : intervalOf(values);

/** A number that follows from two curves. */
export type PairStatistic = (pair: Pair) => number;

/** 95 % of the draws. Of draws that have no such number, more than one in forty leave nothing known. */
export const intervalOf = (values: readonly number[]): Interval => {
  const known = ascending(values.filter((value) => !Number.isNaN(value)));
  if (values.length - known.length > values.length / 40) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const at = (p: number) => {
    const value = quantileSorted(known, p);
    // Between infinite draws there is nothing to interpolate.
    return Number.isNaN(value) ? known[Math.round(p * (known.length - 1))]! : value;
  };
  return [at(0.025), at(0.975)];
};

/** A number at its best with its interval. */
export const ranged = (pairs: Pairs, statistic: PairStatistic, sides = BOTH) => ({
  value: statistic(pairs.best),
  ci95: spreadOf(pairs, pairs.drawn.map(statistic), sides),
});

/**
 * With a two-sided p-value of its being 0: twice the smaller share of the draws on either side of 0, which no number of draws makes less than
 * 2 / (draws + 1) (Davison & Hinkley 1997, § 4.2).
 */
export const tested = (pairs: Pairs, statistic: PairStatistic) => {
  const { best, drawn, errorless = [] } = pairs;
  const values = drawn.map(statistic);
  const [above, below] = [values.filter((v) => v > 0).length, values.filter((v) => v < 0).length];
  const ties = values.length - above - below;
  const smaller = Math.min(above, below) + ties / 2;
  return {
    value: statistic(best),
    ci95: spreadOf(pairs, values),
    pValue: errorless.length === BOTH.length ? Number.NaN : Math.min(1, (2 * (smaller + 1)) / (values.length + 1)),
  };
};
