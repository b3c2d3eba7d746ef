/** ln(high / low); the quotient itself may be more than a number can hold. */
export const logRatio = (high: number, low: number): number => Math.log(high) - Math.log(low);

/** The number at a share of the way from `low` to `high`, even in the logarithm; the ends are exact. */
export const logBetween = (low: number, high: number, share: number): number =>
  share === 0 ? low : share === 1 ? high : Math.exp(Math.log(low) + share * logRatio(high, low));

/** Numbers from `low` to `high`, or to the largest there is, even in the logarithm. */
export const spaced = (low: number, high: number, points = 61): number[] =>
  Array.from({ length: points }, (_, i) => logBetween(low, Math.min(high, Number.MAX_VALUE), i / (points - 1)));
