import { kinds, type SpecIn } from "@isoflop/spec";
import { edmWeighting } from "./weightings/edm.js";
import { likelihoodWeighting } from "./weightings/likelihood.js";
import { minSnr, softMinSnr } from "./weightings/min-snr.js";
import { sigmoidWeighting } from "./weightings/sigmoid.js";
import { unweighted, unweightedIn } from "./weightings/unweighted.js";

/** Weightings by name. */
export const weightings = kinds("weighting", [
  ...[unweighted, unweightedIn, minSnr, softMinSnr],
  ...[edmWeighting, sigmoidWeighting, likelihoodWeighting],
]);

/** The record of a weighting. */
export type WeightingSpec = SpecIn<typeof weightings>;
