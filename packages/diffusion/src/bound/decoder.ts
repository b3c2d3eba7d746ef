import { choice } from "@isoflop/spec";
import { add, exp, mul, square, sub, type Tensor } from "@isoflop/tensor";
import { check } from "../checks.js";
import { discretizedGaussianLogLikelihood } from "../ddpm/discretized-gaussian.js";
import { checkedLevels, type Levels } from "../levels.js";
import type { Of } from "../likelihood/dequantization.js";

/**
 * What makes x of the least noisy state: a normal density for continuous data and latents, or its shares of levels for data of these (256 from -1 to 1
 * unless told), whose bound is then one of a code.
 */
export type Decoder = "gaussian" | Partial<Levels>;

/** A decoder, checked. */
export interface CheckedDecoder {
  readonly name: string;
  readonly of: Of;
  readonly levels?: Levels;
}

/** @throws DiffusionError("option") for another name, or levels that are none */
export const checkDecoder = (what: string, decoder: Decoder): CheckedDecoder => {
  if (typeof decoder !== "object" || decoder === null) {
    check(choice(["gaussian"]), decoder, `${what}: decoder`);
    return { name: "gaussian", of: "density" };
  }
  const levels = checkedLevels(`${what}: decoder`, decoder);
  const [first, last] = levels.range;
  return { name: `gaussian, ${levels.levels} levels from ${first} to ${last}`, of: "code length", levels };
};

/** -log p(x) number by number, of x's shape. */
export const decoded = ({ levels }: CheckedDecoder, x: Tensor, mean: Tensor, logDeviation: Tensor): Tensor => {
  if (levels) return mul(discretizedGaussianLogLikelihood(x, { mean, logDeviation }, levels), -1);
  const apart = mul(square(mul(sub(x, mean), exp(mul(logDeviation, -1)))), 0.5);
  return add(add(apart, logDeviation), Math.log(2 * Math.PI) / 2);
};
