import type { Loss } from "../../types.js";
import type { DataScale } from "../form.js";

/** Below this share of the lowest loss a term is indistinguishable from none. */
const VANISHED = 1e-6;
/** A floor leaves at least this share of the loss to fall. */
const LITTLE = 1e-3;

/** Whether a term has run off to where it no longer matters. */
export const vanished = (logTerm: number, { lowestLoss }: DataScale): boolean =>
  Math.exp(logTerm) < VANISHED * lowestLoss;

/**
 * By what factor the exponents change where the floor moves and the level and the slopes at the centre stay; what is above the floor
 * changes by the inverse.
 */
export const floorFactor = (from: Loss, to: Loss, { medianLoss }: DataScale): number => {
  const above = (floor: Loss) => Math.max(medianLoss - floor, LITTLE * medianLoss);
  return above(from) / above(to);
};
