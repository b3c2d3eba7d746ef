import { positive, record, whole } from "@isoflop/spec";
import { goldenMinimum } from "../math/search.js";
import * as fields from "../records/fields.js";
import type { Flops, Run } from "../types.js";
import { cellsOf, pureErrorOf } from "./replicates.js";

export const noiseSchema = record({
  /** Of ln L between runs of one size and data, over all of them: pure error. */
  standardDeviation: fields.notNegative,
  degreesOfFreedom: whole({ atLeast: 1 }),
  /** Size and data that were trained more than once. */
  cells: whole({ atLeast: 1 }),
  /** d ln σ² / d ln C: the noise of larger runs may be less. */
  slope: fields.finite,
  /** Where the law σ² = variance · (C / at)^slope is held, and the largest compute at which runs were repeated: beyond it σ stays. */
  variance: fields.notNegative,
  at: positive,
  upTo: positive,
});

/** What repeated runs say of the noise of one. */
export interface ReplicateNoise extends fields.Read<typeof noiseSchema> {}

/** A replicated cell: its compute, degrees of freedom, and squares about its mean of ln L. */
interface Cell {
  readonly lnC: number;
  readonly freedom: number;
  readonly squares: number;
}

/** With fewer degrees of freedom repeated runs say too little of noise. */
const FEWEST = 4;
/** Of the slope, in units of ln σ² for each of ln C, before any run is seen: noise changes, but not by much more than C^±0.3. */
const BELIEVED = 0.3;
const STEEPEST = 2;
/** Noise is at least what rounding leaves of ln L. */
const ROUNDING = 1e-28;

/**
 * Noise of ln L from runs of equal size, data and inputs: σ² a power of C, by the likelihood of the squares about the means of cells
 * (Bartlett's, as of χ²), its slope held weakly about 0.
 * @returns undefined where fewer than four degrees of freedom are left
 */
export const replicateNoise = (runs: readonly Run[]): ReplicateNoise | undefined => {
  const cells = cellsOf(runs).flatMap((cell): Cell[] => {
    if (cell.length < 2) return [];
    const { sumOfSquares: squares, degreesOfFreedom } = pureErrorOf([cell], ({ loss }) => Math.log(loss));
    return [{ lnC: Math.log(cell[0]!.C), freedom: degreesOfFreedom, squares }];
  });
  const freedom = cells.reduce((s, cell) => s + cell.freedom, 0);
  if (freedom < FEWEST) return undefined;
  const centre = cells.reduce((s, cell) => s + cell.freedom * cell.lnC, 0) / freedom;
  const varianceAt = (slope: number) =>
    cells.reduce((s, { squares, lnC }) => s + squares * Math.exp(-slope * (lnC - centre)), ROUNDING) / freedom;
  // Σ ν/2 ln σ²: the slope's own share of it is 0 at the centre.
  const unlikely = (slope: number) => (freedom / 2) * Math.log(varianceAt(slope)) + (slope / BELIEVED) ** 2 / 2;
  const { x: slope } = goldenMinimum(unlikely, -STEEPEST, STEEPEST);
  return {
    standardDeviation: Math.sqrt(cells.reduce((s, { squares }) => s + squares, 0) / freedom),
    degreesOfFreedom: freedom,
    cells: cells.length,
    slope,
    variance: varianceAt(slope),
    at: Math.exp(centre),
    upTo: Math.exp(cells.reduce((most, { lnC }) => Math.max(most, lnC), Number.NEGATIVE_INFINITY)),
  };
};

/** The variance of ln L of one run at a compute. */
export const noiseAt = ({ variance, slope, at, upTo }: ReplicateNoise, C: Flops): number =>
  variance * (Math.min(C, upTo) / at) ** slope;
