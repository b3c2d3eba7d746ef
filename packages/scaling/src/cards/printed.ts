import type { Estimate, Interval } from "../types.js";
import type { Published } from "./schema.js";

/** The printed value. */
export const printedValue = (printed: Published): number => (typeof printed === "number" ? printed : printed.value);

/** 97.5 % point of the normal distribution: of a standard error that is printed alone, no degrees of freedom are known. */
const NORMAL = 1.959964;

const NOTHING: Interval = [Number.NaN, Number.NaN];

const isAt95 = (level = 0.95): boolean => Math.abs(level - 0.95) < 1e-9;

/** With what is printed of its error; NaN for what is not, such as the ends of an interval of another level than 95 %. */
export const estimateOf = (printed: Published): Estimate => {
  if (typeof printed === "number") return { value: printed, standardError: Number.NaN, ci95: NOTHING };
  const { value, standardError = Number.NaN, interval, level } = printed;
  const ofError: Interval = [value - NORMAL * standardError, value + NORMAL * standardError];
  return { value, standardError, ci95: interval && isAt95(level) ? interval : ofError };
};
