import { type Kinds, kinds } from "@isoflop/spec";
import type * as v from "valibot";
import type { Weighting } from "./weighting.js";
import { edmKind } from "./weightings/edm.js";
import { likelihoodKind } from "./weightings/likelihood.js";
import { minSnrKind, softMinSnrKind } from "./weightings/min-snr.js";
import { sigmoidKind } from "./weightings/sigmoid.js";
import { unweightedInKind, unweightedKind } from "./weightings/unweighted.js";

const known = [
  unweightedKind,
  unweightedInKind,
  minSnrKind,
  softMinSnrKind,
  edmKind,
  sigmoidKind,
  likelihoodKind,
] as const;

/** Weightings by name. */
export const weightings: Kinds<Weighting, (typeof known)[number]> = kinds("weighting", known);

/** The record of a weighting. */
export type WeightingSpec = v.InferOutput<typeof weightings.schema>;
