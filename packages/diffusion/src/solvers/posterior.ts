import { must } from "../errors.js";
import type { Instant, StepPlace } from "../solver.js";

/** What is known of x_to given x_from and the data. */
export interface Posterior {
  /** Its mean is carry · x_from + gain · data. */
  readonly carry: number;
  readonly gain: number;
  /** 1 - (signal to noise at `from` over that at `to`)². */
  readonly shrinks: number;
  /** Its variance: the least that a step can have. */
  readonly small: number;
  /** The variance of x_to given x_from alone where data are standard normal: the most. */
  readonly large: number;
}

/**
 * DDPM's posterior between any two times of any path (Ho et al., arXiv 2006.11239, equations 6, 7 and section 3.2; for any alpha and sigma Kingma et al.,
 * arXiv 2107.00630, appendix A.2).
 */
export const posterior = (from: Instant, to: Instant): Posterior => {
  const shrinks = -Math.expm1(2 * (from.lambda - to.lambda));
  const carry = (from.alpha * to.sigma ** 2) / (to.alpha * from.sigma ** 2);
  const unitData = ({ alpha, sigma }: Instant): number => alpha ** 2 + sigma ** 2;
  return {
    carry,
    gain: to.alpha - from.alpha * carry,
    shrinks,
    small: to.sigma ** 2 * shrinks,
    large: (from.sigma ** 2 * shrinks * unitData(to)) / unitData(from),
  };
};

/** @throws DiffusionError("option") where a solver that adds noise is to go from data to noise */
export const checkFalls = (name: string, { from, to }: StepPlace): void =>
  must(
    to.t < from.t,
    "option",
    `${name} draws noise on the way to data; times rise from ${from.t} to ${to.t}. Take a solver that draws none.`,
  );
