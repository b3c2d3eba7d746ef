import { round } from "./numbers.js";

/** The quantity that is fitted where none is named. */
export const LOSS = "loss";

/** What stands for the fitted quantity in a formula. */
export const symbol = (quantity: string): string => (quantity === LOSS ? "L" : quantity);

/** What C counts in a study. */
export const computeRule = (k: number): string => (Math.abs(k / 6 - 1) < 1e-6 ? "C = 6ND" : `C = ${round(k)}·N·D`);
