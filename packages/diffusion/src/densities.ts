import { type Kinds, kinds } from "@isoflop/spec";
import type * as v from "valibot";
import { cosmapKind } from "./densities/cosmap.js";
import { logitNormalKind } from "./densities/logit-normal.js";
import { modeKind } from "./densities/mode.js";
import { shiftedKind } from "./densities/shifted.js";
import { uniformKind } from "./densities/uniform.js";
import type { TimestepDensity } from "./density.js";

const known = [
  uniformKind,
  logitNormalKind,
  modeKind,
  cosmapKind,
  shiftedKind((): Kinds<TimestepDensity> => densities),
] as const;

/** Timestep densities by name. */
export const densities: Kinds<TimestepDensity, (typeof known)[number]> = kinds("timestep density", known);

/** The record of a timestep density. */
export type DensitySpec = v.InferOutput<typeof densities.schema>;
