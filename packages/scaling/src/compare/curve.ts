import { bisect } from "../math/search.js";
import type { Flops, Loss } from "../types.js";

/** Numbers by which curves are compared: exponents of N*, D* and L* − E against C, and the floor E. */
export type ConstantName = "N" | "D" | "loss" | "floor";

/** In the order in which a reader is shown them. */
export const constantNames: readonly ConstantName[] = ["N", "D", "loss", "floor"];

/** Those of a curve that it has. */
export type Constants = Readonly<Partial<Record<ConstantName, number>>>;

/** The loss of the best model of a compute: along the optimum of a surface, or a law through optima. */
export interface OptimumCurve {
  loss(C: Flops): Loss;
  /** Compute at which it comes down to a loss; Infinity where it never does. */
  compute(loss: Loss): Flops;
  readonly constants: Constants;
}

/** L* = floor + reducible · (C/at)^−slope: the optimum of any surface of two powers, and any law with a floor, above zero or below. */
export interface FlooredPower {
  readonly floor: Loss;
  /** What is left above the floor at the compute `at`. */
  readonly reducible: number;
  readonly slope: number;
  readonly at: Flops;
}

export const flooredPower = ({ floor, reducible, slope, at }: FlooredPower, others: Constants = {}): OptimumCurve => ({
  loss: (C) => floor + reducible * (C / at) ** -slope,
  compute: (loss) =>
    loss > floor && slope > 0 ? at * (reducible / (loss - floor)) ** (1 / slope) : Number.POSITIVE_INFINITY,
  constants: { ...others, loss: -slope, floor },
});

/** Compute is looked for so many e-folds to either side: forty decades, beyond which no law means anything. */
const REACH = 40 * Math.LN10;

/** A curve of which nothing is known but that its values fall. */
export const fallingCurve = (
  loss: (C: Flops) => Loss,
  at: Flops,
  constants: Constants = {},
  reach = REACH,
): OptimumCurve => ({
  loss,
  compute(target) {
    const excess = (lnC: number) => target - loss(Math.exp(lnC));
    // Decade by decade from amid the runs: what is dear to evaluate is not asked far from them.
    let from = Math.log(at);
    const down = excess(from) > 0;
    for (let gone = 0; gone < reach; gone += Math.LN10) {
      const to = from + (down ? -Math.LN10 : Math.LN10);
      if (excess(to) > 0 !== down) return Math.exp(down ? bisect(excess, to, from) : bisect(excess, from, to));
      from = to;
    }
    return down ? 0 : Number.POSITIVE_INFINITY;
  },
  constants,
});

/** Between so close knots of ln C a cubic through four of them is off by a hundred-thousandth of what is above the floor. */
const SPACING = Math.LN10 / 4;

/** A smooth function of C whose values are dear: it is asked at knots of ln C as they are needed, and a cubic joins them. */
export const tabulated = (value: (C: Flops) => number): ((C: Flops) => number) => {
  const known = new Map<number, number>();
  const knot = (k: number): number => {
    const there = known.get(k);
    if (there !== undefined) return there;
    const found = value(Math.exp(k * SPACING));
    known.set(k, found);
    return found;
  };
  return (C) => {
    const x = Math.log(C) / SPACING;
    const k = Math.floor(x);
    const f = x - k;
    const [p, q, r, s] = [knot(k - 1), knot(k), knot(k + 1), knot(k + 2)];
    // Lagrange's cubic through the four.
    return (
      (-f * (f - 1) * (f - 2) * p) / 6 +
      ((f + 1) * (f - 1) * (f - 2) * q) / 2 -
      ((f + 1) * f * (f - 2) * r) / 2 +
      ((f + 1) * f * (f - 1) * s) / 6
    );
  };
};
