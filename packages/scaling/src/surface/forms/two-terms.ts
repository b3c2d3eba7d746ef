import { leastSquares } from "../../math/linear.js";
import { product } from "../../math/product.js";
import type { SurfaceData } from "../data.js";

/** A surface that is a floor, a power of N, and a term in D of which the exponent changes with N, on the axes of its data. */
export interface TwoTerms {
  readonly floor: number;
  /** The first term: exp(a − alpha ln N). */
  readonly a: number;
  readonly alpha: number;
  /** The second: exp(b + c ln N − (beta0 + beta1 ln N) ln D). */
  readonly b: number;
  readonly c: number;
  readonly beta0: number;
  readonly beta1: number;
}

/** Of the loss above the floor, at the centre of the runs. */
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
/** The first of them is all but a floor. */
const EXPONENTS = [0.01, 0.05, 0.15, 0.4, 1];
/** Of the lowest loss. */
const FLOORS = [0.05, 0.5, 0.9];
/** A remainder below this share of what is above the floor says little of its own logarithm. */
const LEAST = 0.05;

/**
 * Surfaces that lie near the runs: for each first term that might be, ln of what it leaves is a linear regression on ln N, ln D and their
 * product, in which a residual counts as it would in ln L.
 */
export const twoTerms = (data: SurfaceData, hasFloor: boolean): TwoTerms[] =>
  product(hasFloor ? FLOORS : [0], SHARES, EXPONENTS).map(([level, share, alpha]) => {
    const { lowestLoss, medianLoss } = data.scale;
    const floor = level! * lowestLoss;
    const a = Math.log(share! * (medianLoss - floor));
    return { floor, a, alpha: alpha!, ...regressed(data, floor, a, alpha!, share!) };
  });

const regressed = (
  { lnN, lnD, loss, weight, scale }: SurfaceData,
  floor: number,
  a: number,
  alpha: number,
  share: number,
) => {
  const x: number[][] = [];
  const y: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < loss.length; i++) {
    const above = loss[i]! - floor;
    const rest = above - Math.exp(a - alpha * lnN[i]!);
    if (!(rest > LEAST * above) || weight[i] === 0) continue;
    x.push([1, lnN[i]!, -lnD[i]!, -lnN[i]! * lnD[i]!]);
    y.push(Math.log(rest));
    weights.push(weight[i]! * (rest / loss[i]!) ** 2);
  }
  const [b, c, beta0, beta1] = leastSquares(x, y, weights)?.coefficients ?? [];
  if (beta0 !== undefined && beta0 > 0) return { b: b!, c: c!, beta0, beta1: beta1! };
  return { b: Math.log((1 - share) * (scale.medianLoss - floor)), c: 0, beta0: TYPICAL, beta1: 0 };
};

/** Where the runs do not tell: between the exponents of published surfaces. */
const TYPICAL = 0.3;
