import type { Flops } from "@isoflop/scaling";
import { budgets } from "./isoflop.js";

/** The budget that scattered runs were meant to spend. */
export const nominal = (C: Flops): Flops =>
  budgets.reduce((a, b) => (Math.abs(Math.log(C / b)) < Math.abs(Math.log(C / a)) ? b : a));
