import { shown, whole } from "@isoflop/spec";
import { check } from "../checks.js";
import { must } from "../errors.js";
import { type DiscretePath, isDiscrete } from "../paths/discrete.js";

/** x_{t-1} given x_t and the data: a normal (Ho et al., arXiv 2006.11239, equations 6 and 7), and what a step adds to the variance. */
export interface Posterior {
  /** Its mean is ofData · data + ofXt · x_t. */
  readonly ofData: number;
  readonly ofXt: number;
  /** 0 at index 0, where the data are known. */
  readonly variance: number;
  /** Its logarithm; at index 0 that of index 1, as log 0 is none. */
  readonly logVariance: number;
  /** The largest variance that a step may have ("fixed large"), but for index 0, where it is `variance` of index 1: see `logVarianceLarge`. */
  readonly beta: number;
  /** log beta. At index 0, too: a learned variance lies between `logVariance` and this. */
  readonly logBeta: number;
  /** The log-variance of "fixed large": log beta, and at index 0 the `logVariance` of index 1, which gives a better decoder there. */
  readonly logVarianceLarge: number;
}

const varianceAt = ({ betas, restAt }: DiscretePath, i: number): number => (betas[i]! * restAt(i - 1)) / restAt(i);

/**
 * The posterior of a step of a process, index 0 to steps - 1 of its own, in float64.
 * @throws DiffusionError("option") for another index
 */
export const posterior = (path: DiscretePath, index: number): Posterior => {
  must(isDiscrete(path), "option", `posterior: path is ${shown(path)}; it takes one of steps, such as discretePath().`);
  const i = check(whole({ atMost: path.steps - 1 }), index, "posterior: index");
  const beta = path.betas[i]!;
  const rest = path.restAt(i);
  const logVariance = Math.log(varianceAt(path, Math.max(i, 1)));
  return {
    ofData: (beta * path.alphaAt(i - 1)) / rest,
    ofXt: (path.restAt(i - 1) * Math.sqrt(1 - beta)) / rest,
    variance: varianceAt(path, i),
    logVariance,
    beta,
    logBeta: Math.log(beta),
    logVarianceLarge: i === 0 ? logVariance : Math.log(beta),
  };
};
