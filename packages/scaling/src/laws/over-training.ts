import { ScalingError } from "../errors.js";
import type { Surface } from "../surface/surface.js";
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

/** From a surface of form `tied`, under C = 6ND: η = α/2, a = A 6^η, b = B 6^η. */
export const overTrainingLaw = (surface: Surface): OverTrainingLaw => {
  if (surface.form !== "tied") {
    throw new ScalingError(
      "bad-option",
      `over-training needs equal exponents, the form "tied"; this surface is "${surface.form}"`,
    );
  }
  const [a, b, e, alpha] = surface.theta as [number, number, number, number];
  const eta = alpha / 2;
  return { E: Math.exp(e), a: Math.exp(a + eta * Math.log(6)), b: Math.exp(b + eta * Math.log(6)), eta };
};

export const overTrainedLoss = ({ E, a, b, eta }: OverTrainingLaw, C: Flops, multiplier: number): Loss =>
  E + (a * multiplier ** eta + b * multiplier ** -eta) * C ** -eta;

/** The multiplier of least loss, (b/a)^(1/2η): the same at every compute. */
export const optimalMultiplier = ({ a, b, eta }: OverTrainingLaw): number => (b / a) ** (1 / (2 * eta));
