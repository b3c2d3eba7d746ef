import type { Estimate, Interval } from "@isoflop/scaling";

/** A number for people: five significant digits, powers of ten where zeros would have to be counted. */
export const num = (value: number, digits = 5): string => {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(digits - 1) : value.toPrecision(digits);
  return text.replace("e+", "e").replaceAll("-", "−");
};

/** A number that was chosen and not measured: 6e18, 0.1. */
export const round = (value: number): string =>
  num(value)
    .replace(/(\.\d*?)0+(?=e|$)/, "$1")
    .replace(/\.(?=e|$)/, "");

export const interval = ([low, high]: Interval, digits?: number): string =>
  Number.isNaN(low) || Number.isNaN(high) ? "–" : `[${num(low, digits)}, ${num(high, digits)}]`;

/** Value, standard error and interval as three cells. */
export const estimateCells = ({ value, standardError, ci95 }: Estimate): string[] => [
  num(value, 6),
  num(standardError, 3),
  interval(ci95),
];

export const percent = (share: number, decimals = 2): string =>
  `${(100 * share).toFixed(decimals).replace("-", "−")} %`;

/** A share by which something is off. */
export const signedPercent = (share: number, decimals = 2): string => {
  const size = percent(Math.abs(share), decimals);
  return Number.parseFloat(size) === 0 ? size : `${share < 0 ? "−" : "+"}${size}`;
};

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
