/** The quantity that is fitted where none is named. */
export const LOSS = "loss";

/** What stands for the fitted quantity in a formula. */
export const symbol = (quantity: string): string => (quantity === LOSS ? "L" : quantity);
