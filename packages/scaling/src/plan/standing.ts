import { badOption } from "../errors.js";
import { studentFactor95 } from "../math/distributions.js";
import type { Matrix } from "../math/linear.js";
import type { Plan } from "../records/answers.js";
import { optimalAllocation } from "../surface/allocate.js";
import type { Surface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { statisticGradient } from "../surface/uncertainty.js";
import { type Interval, type Outcome, refuse } from "../types.js";
import type { Basin } from "./basins.js";
import { Belief, type Component, type Spread, totalOf } from "./belief.js";

/** The surfaces that say something of a target, and what. */
export interface Parts {
  readonly surfaces: readonly SurfaceFit[];
  readonly components: readonly Component[];
}

/** What each basin says of the target; one without an optimum there says nothing. @param given a covariance in the place of the fits' own */
export const partsOf = (basins: readonly Basin[], target: Plan["target"], given?: Matrix): Outcome<Parts> => {
  const found = basins.flatMap(({ fit, weight }) => {
    const covariance = given ?? fit.covariance;
    const value = targetValue(fit, target);
    if (!covariance || !Number.isFinite(value)) return [];
    const gradient = statisticGradient(fit, (surface) => targetValue(surface, target));
    return gradient.every(Number.isFinite) ? [{ fit, component: { weight, value, gradient, covariance } }] : [];
  });
  if (found.length === 0) {
    const covered = basins.some(({ fit }) => given ?? fit.covariance);
    return refuse(
      "unidentified",
      covered
        ? "the surface has no optimum at the target"
        : "the fit has no covariance: some parameter cannot be told from these runs",
    );
  }
  const sum = found.reduce((s, { component }) => s + component.weight, 0);
  return {
    ok: true,
    surfaces: found.map(({ fit }) => fit),
    components: found.map(({ component }) => ({ ...component, weight: component.weight / sum })),
  };
};

const targetValue = (surface: Surface, { C, quantity }: Plan["target"]): number => {
  const best = optimalAllocation(surface, C);
  return best.ok ? Math.log(best[quantity]) : Number.NaN;
};

export const heaviest = (basins: readonly Basin[]): SurfaceFit =>
  basins.reduce((a, b) => (b.weight > a.weight ? b : a)).fit;

/** Where the target is at 95 %, about the mean of its logarithm. */
export const intervalAbout = (
  components: readonly Component[],
  standardError: number,
  degreesOfFreedom: number,
): Interval => {
  const middle = components.reduce((sum, { weight, value }) => sum + weight * value, 0);
  const half = studentFactor95(degreesOfFreedom) * standardError;
  return [Math.exp(middle - half), Math.exp(middle + half)];
};

/** How well an extrapolation is known. */
export interface Standing {
  /** At 95 %. */
  readonly interval: Interval;
  /** Of the interval, over its middle in the logarithm: 0.05 is 5 %. */
  readonly width: number;
  /** Standard errors of ln target within the surfaces and between them. */
  readonly spread: Spread;
  /** What each surface says, the heaviest first. */
  readonly basins: readonly StandingBasin[];
}

export interface StandingBasin {
  readonly form: string;
  readonly weight: number;
  readonly value: number;
  /** Of ln value, within the surface. */
  readonly standardError: number;
}

/**
 * How well the runs behind these basins know the optimal loss, size or tokens of a compute: what {@link planNext} sets out from.
 * @throws ScalingError `bad-option` for no basins
 */
export const standing = (basins: readonly Basin[], target: Plan["target"]): Outcome<Standing> => {
  if (basins.length === 0) throw badOption("basins", "empty", "at least one");
  const parts = partsOf(basins, target);
  if (!parts.ok) return parts;
  const { components, surfaces } = parts;
  const belief = Belief.of({ components, noise: 1, worlds: 1, slots: 0, seed: 0 });
  const { spread } = belief;
  const { degreesOfFreedom } = heaviest(basins);
  const interval = intervalAbout(components, totalOf(spread), degreesOfFreedom);
  return {
    ok: true,
    interval,
    width: relativeWidth(interval),
    spread,
    basins: surfaces.map(({ form }, k) => {
      const { weight, value } = components[k]!;
      return { form, weight, value: Math.exp(value), standardError: belief.errorWithin(k) };
    }),
  };
};

/** Full width of an interval of a positive number, over its middle in the logarithm. */
export const relativeWidth = ([low, high]: Interval): number => {
  const half = Math.log(high / low) / 2;
  return Math.exp(half) - Math.exp(-half);
};
