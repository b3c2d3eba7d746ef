import { mixtureQuantiles, type StudentComponent } from "../math/student-mixture.js";
import type { Estimate, Interval } from "../types.js";
import { deltaMethod, type Statistic, type UncertainSurface } from "./uncertainty.js";

/** One of several surfaces that the runs allow, with its share. */
export interface WeighedSurface extends UncertainSurface {
  readonly weight: number;
}

/** What surfaces say of a number, each a Student t; one that has no such number has no part in it. */
export const componentsOver = (
  surfaces: readonly WeighedSurface[],
  statistic: Statistic,
  /** Standard deviation of what a new run adds, in the statistic's unit. */
  noise = 0,
  /** By how much standard errors of the surfaces are widened. */
  widened = 1,
): StudentComponent[] =>
  surfaces.flatMap((surface): StudentComponent[] => {
    const { value, standardError } = deltaMethod(surface, statistic);
    if (!Number.isFinite(value) || !Number.isFinite(standardError)) return [];
    const { weight, degreesOfFreedom } = surface;
    return [{ location: value, scale: Math.hypot(widened * standardError, noise), weight, degreesOfFreedom }];
  });

/** Median, and the ends of a 95 % interval. */
const LEVELS = [0.5, 0.025, 0.975];

/** exp of a mixture of logarithms. */
export const exponentialOf = (
  parts: readonly StudentComponent[],
): { readonly value: number; readonly interval: Interval } => {
  const [value, low, high] = mixtureQuantiles(parts, LEVELS).map(Math.exp) as [number, number, number];
  return { value, interval: [low, high] };
};

/** Median, standard error of the whole mixture, and its 95 % interval. */
export const mixtureEstimate = (parts: readonly StudentComponent[]): Estimate => {
  const [value, low, high] = mixtureQuantiles(parts, LEVELS) as [number, number, number];
  const all = parts.reduce((s, { weight }) => s + weight, 0);
  const mean = parts.reduce((s, { weight, location }) => s + weight * location, 0) / all;
  const variance = parts.reduce(
    (s, { weight, location, scale }) => s + weight * (scale ** 2 + (location - mean) ** 2),
    0,
  );
  return { value, standardError: Math.sqrt(variance / all), ci95: [low, high] };
};
