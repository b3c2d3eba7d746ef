import { choice, number } from "@isoflop/spec";
import { add, exp, mul, square, sub, type Tensor } from "@isoflop/tensor";
import { tensors } from "../arithmetic.js";
import { check } from "../checks.js";
import { type DiscretizedOptions, discretizedGaussianLogLikelihood } from "../ddpm/discretized-gaussian.js";
import { checkedLevels, type Levels } from "../levels.js";
import type { Of } from "../likelihood/dequantization.js";

/**
 * What makes x of the least noisy state: a normal density for continuous data and latents, or its shares of levels for data of these ("levels": 256
 * from -1 to 1, or a record that tells others), whose bound is then one of a code; with `least` 0, strictly (see {@link DiscretizedOptions}).
 */
export type BoundDecoder = "gaussian" | "levels" | DiscretizedOptions;

/** A decoder, checked. */
export interface CheckedDecoder {
  readonly name: string;
  readonly of: Of;
  readonly levels?: Levels;
  readonly least?: number;
}

/** @throws DiffusionError("option") for another name, or levels that are none */
export const checkDecoder = (what: string, decoder: BoundDecoder): CheckedDecoder => {
  const isRecord = typeof decoder === "object" && decoder !== null;
  const named = isRecord ? "levels" : check(choice(["gaussian", "levels"]), decoder, `${what}: decoder`);
  if (named === "gaussian") return { name: "gaussian", of: "density" };
  const { least = 1e-12, ...given }: DiscretizedOptions = isRecord ? decoder : {};
  check(number({ atLeast: 0, below: 1 }), least, `${what}: decoder.least`);
  const levels = checkedLevels(`${what}: decoder`, given);
  const [first, last] = levels.range;
  return { name: `gaussian, ${levels.levels} levels from ${first} to ${last}`, of: "code length", levels, least };
};

/** -log p(x) number by number, of x's shape. */
export const decoded = ({ levels, least = 0 }: CheckedDecoder, x: Tensor, mean: Tensor, logScale: Tensor): Tensor => {
  if (levels) return mul(discretizedGaussianLogLikelihood(tensors, x, { mean, logScale }, { ...levels, least }), -1);
  const apart = mul(square(mul(sub(x, mean), exp(mul(logScale, -1)))), 0.5);
  return add(add(apart, logScale), Math.log(2 * Math.PI) / 2);
};
