import { type Kinds, kinds, type SpecIn } from "@isoflop/spec";
import { carriedKind } from "./densities/carried.js";
import { cosmap } from "./densities/cosmap.js";
import { discreteUniform } from "./densities/discrete-uniform.js";
import { logNormalSigma } from "./densities/log-normal-sigma.js";
import { logitNormal } from "./densities/logit-normal.js";
import { mode } from "./densities/mode.js";
import { shiftedKind } from "./densities/shifted.js";
import { uniform } from "./densities/uniform.js";
import type { PathDensity, TimestepDensity } from "./density.js";

const carried = carriedKind((): Kinds<TimestepDensity | PathDensity> => densities);
const shifted = shiftedKind((): Kinds<TimestepDensity | PathDensity> => densities);

/** Timestep densities by name. */
export const densities = kinds("timestep density", [
  ...[uniform, logitNormal, mode, cosmap],
  ...[shifted, logNormalSigma, discreteUniform, carried],
]);

/** The record of a timestep density. */
export type DensitySpec = SpecIn<typeof densities>;
