import { studentDistribution } from "./distributions.js";
import { extent } from "./extent.js";

/** One member of a mixture of Student's t distributions. */
export interface StudentComponent {
  readonly location: number;
  readonly scale: number;
  /** Infinity is a normal. */
  readonly degreesOfFreedom: number;
  /** Relative to the others. */
  readonly weight: number;
}

/** Components lighter than this share cannot move a quantile in its fifth digit. */
const LIGHT = 1e-7;
/** Halvings of the bracket. */
const HALVINGS = 60;
/** The 2.5 % point of Student's t with one degree of freedom is at −12.7; tails of a mixture stay within this. */
const REACH = 20;

/** Quantiles of a mixture, by bisection. */
export const mixtureQuantiles = (components: readonly StudentComponent[], levels: readonly number[]): number[] => {
  const all = components.reduce((s, { weight }) => s + weight, 0);
  const heavy = components.filter(({ weight }) => weight > LIGHT * all);
  const parts = heavy.map((c) => ({ ...c, weight: c.weight / all, cdf: studentDistribution(c.degreesOfFreedom) }));
  const cdf = (x: number) =>
    parts.reduce((s, { location, scale, weight, cdf: of }) => {
      if (!(scale > 0)) return s + (x >= location ? weight : 0);
      return s + weight * of((x - location) / scale);
    }, 0);
  const widest = parts.reduce((s, { scale }) => Math.max(s, scale), 0);
  const [first, last] = extent(parts.map(({ location }) => location));
  return levels.map((level) => {
    let [low, high] = [first - REACH * widest, last + REACH * widest];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      if (cdf(middle) < level) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });
};
