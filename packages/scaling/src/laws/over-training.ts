import { ScalingError } from "../errors.js";
import { SIX } from "../surface/form.js";
import { formOfSurface, type Surface } from "../surface/surface.js";
import type { Flops, Loss } from "../types.js";

/**
 * Loss at compute C and token multiplier M = D/N (Gadre et al. 2024, 2403.08540, eq. 4):
 * L = E + (a M^η + b M^−η) C^−η. It is the tied surface written in other coordinates.
 */
export interface OverTrainingLaw {
  readonly E: number;
  readonly a: number;
  readonly b: number;
  readonly eta: number;
}

/** From a surface with equal exponents, as of the form `tied`, under its C = k·N·D: η = α/2, a = A k^η, b = B k^η. */
export const overTrainingLaw = (surface: Surface): OverTrainingLaw => {
  const { terms, trade, floor } = formOfSurface(surface);
  if (!terms?.tied) {
    const message = `over-training needs equal exponents, the form "tied"; this surface is "${surface.form}"`;
    throw new ScalingError("bad-option", message);
  }
  const { a, b, alpha } = trade!(surface.theta);
  const eta = alpha / 2;
  const shift = eta * Math.log(surface.flopsPerToken ?? SIX);
  return { E: floor(surface.theta), a: Math.exp(a + shift), b: Math.exp(b + shift), eta };
};

export const overTrainedLoss = ({ E, a, b, eta }: OverTrainingLaw, C: Flops, multiplier: number): Loss =>
  E + (a * multiplier ** eta + b * multiplier ** -eta) * C ** -eta;

/** The multiplier of least loss, (b/a)^(1/2η): the same at every compute. */
export const optimalMultiplier = ({ a, b, eta }: OverTrainingLaw): number => (b / a) ** (1 / (2 * eta));
