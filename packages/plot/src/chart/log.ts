/** ln(high / low); the quotient itself may be more than a number can hold. */
export const logRatio = (high: number, low: number): number => Math.log(high) - Math.log(low);

/** The number at a share of the way from `low` to `high`, even in the logarithm; the ends are exact. */
export const logBetween = (low: number, high: number, share: number): number => {
  if (share === 0 || low === high) return low;
  return share === 1 ? high : Math.exp(Math.log(low) + share * logRatio(high, low));
};
