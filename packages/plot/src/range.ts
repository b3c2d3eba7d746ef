/** Least and greatest of any number of values; ±Infinity of none. A call takes only so many arguments: values are never spread into one. */
export const extent = (values: Iterable<number>): [low: number, high: number] => {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
};

/** ln(high / low); the quotient itself may be more than a number can hold. */
export const logRatio = (high: number, low: number): number => Math.log(high) - Math.log(low);

/** The number at a share of the way from `low` to `high`, even in the logarithm; the ends are exact. */
export const logBetween = (low: number, high: number, share: number): number =>
  share === 0 ? low : share === 1 ? high : Math.exp(Math.log(low) + share * logRatio(high, low));
