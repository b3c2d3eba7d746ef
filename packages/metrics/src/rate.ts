import { integer } from "./errors.js";

/** A share of trials, and its standard error. */
export interface Rate {
  readonly value: number;
  readonly standardError: number;
}

/**
 * The share of trials with a mark, with a standard error that is above 0 even for none or all: that of the share after two more with it and two more
 * without (Agresti and Coull, The American Statistician 52, 1998, "add two successes and two failures").
 * @throws MetricsError unless there is a trial, and no more marks than trials
 */
export const rateOf = (marked: number, trials: number): Rate => {
  integer("trials", trials, 1);
  integer("marked", marked, 0, trials);
  const share = (marked + 2) / (trials + 4);
  return { value: marked / trials, standardError: Math.sqrt((share * (1 - share)) / (trials + 4)) };
};
