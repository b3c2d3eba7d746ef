import type { Named } from "@isoflop/spec";
import type { ResidualScale } from "../../laws/given-floor.js";

/**
 * What a fit makes least: Σ w ρ(r), a sum over runs and never a mean, which would be below the default tolerances of most optimisers.
 * One file beside this one and a line in `index.ts`; one from outside joins by `surfaceObjectives.add`.
 */
export interface SurfaceObjective extends Named {
  /** For a reader: "squares of ln L̂ − ln L". */
  readonly meaning: string;
  /** Residuals r are L̂ − L, or ln L̂ − ln L: positive where the surface lies above the run. */
  readonly scale: ResidualScale;
  /** The number that shapes ρ, where it has one. */
  readonly width?: Width;
  /** Where ρ is the square (up to a factor): likelihood, profiles and tests of least squares hold. */
  readonly squares: boolean;
  /** ρ(r) */
  value(r: number, width: number): number;
  /** ρ′(r) */
  slope(r: number, width: number): number;
  /**
   * ρ″(r), or what stands for it in the sandwich of an M-estimate; never negative.
   * @param typical median |r| of the fit
   */
  curvature(r: number, width: number, typical: number, points: number): number;
  /** What a reader should know before quoting intervals by the delta method. */
  readonly caution?: string;
}

/** What the width of an objective is. */
export interface Width {
  /** "corner of the Huber loss, in ln L" */
  readonly meaning: string;
  /** Its value where none is given: a number, or so many robust standard deviations of the residuals of log-squares. */
  readonly fallback: number | { readonly deviations: number };
}
