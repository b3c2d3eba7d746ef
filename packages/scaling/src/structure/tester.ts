import { inner, without } from "../math/orthonormal.js";
import type { Linearised } from "./linearise.js";
import type { Replicates } from "./noise.js";

/** What residuals show, be they the fit's own or drawn. */
export interface Tested {
  /** Of the quadratic against the yardstick. */
  readonly F: number;
  /** Student's t of every named direction, and the largest of their sizes. */
  readonly t: readonly number[];
  readonly largest: number;
  /** Stretches of equal sign. */
  readonly stretches: number;
  /** Sums of squares: all, and what the quadratic explains. */
  readonly total: number;
  readonly explained: number;
}

/**
 * @param left degrees of freedom beside the form and the quadratic
 * @param replicates the yardstick, where the residuals themselves are not
 */
export const tester =
  ({ spanned, beyond: { quadratic, named } }: Linearised, left: number, replicates: Replicates | undefined) =>
  (noise: Float64Array): Tested => {
    const residuals = without(noise, spanned);
    const total = inner(residuals, residuals);
    const explained = quadratic.reduce((s, unit) => s + inner(unit, residuals) ** 2, 0);
    const variance = replicates ? pureError(residuals, replicates) : Math.max(0, total - explained) / left;
    const t = named.map(({ unit }) => inner(unit, residuals) / Math.sqrt(variance));
    return {
      F: explained / quadratic.length / variance,
      t,
      largest: t.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
      stretches: stretchesOf(residuals),
      total,
      explained,
    };
  };

const pureError = (residuals: Float64Array, { groups, freedom }: Replicates): number => {
  let sum = 0;
  for (const group of groups) {
    const mean = group.reduce((s, i) => s + residuals[i]!, 0) / group.length;
    for (const i of group) sum += (residuals[i]! - mean) ** 2;
  }
  return sum / freedom;
};

const stretchesOf = (residuals: Float64Array): number => {
  let stretches = 1;
  for (let i = 1; i < residuals.length; i++) if (residuals[i]! > 0 !== residuals[i - 1]! > 0) stretches++;
  return stretches;
};
