/** Four significant digits, powers of ten where zeros would have to be counted. */
export const number = (value: number, digits = 4): string => {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return value.toExponential(digits - 1).replace("e+", "e");
  return size >= 10 ** digits ? value.toFixed(0) : value.toPrecision(digits);
};

export const interval = ([low, high]: readonly [number, number], digits?: number): string =>
  `${number(low, digits)} to ${number(high, digits)}`;

/** A number that was chosen and not measured, in the fewest digits: 6e18. */
export const chosen = (value: number): string => value.toExponential().replace("e+", "e");

export const signedPercent = (share: number, decimals = 1): string => {
  const text = Math.abs(100 * share).toFixed(decimals);
  const sign = Number(text) === 0 ? "" : share < 0 ? "-" : "+";
  return `${sign}${text} %`;
};
