import type { LawPoint } from "@isoflop/plot";
import { evaluateBroken, evaluateSaturating, predictPowerLaw, type SaturatingLaw } from "@isoflop/scaling";
import type { Law } from "./fit.js";

/** A law at these x, with its pointwise 95 % band where it has one. */
export const lawCurve = (law: Law, xs: readonly number[]): LawPoint[] => xs.map((x) => banded(x, ...at(law, x)));

const at = (law: Law, x: number): [value: number, band: readonly [number, number]] => {
  if (law.kind === "power") {
    const { value, ci95 } = predictPowerLaw(law, x);
    return [value, ci95];
  }
  // The breaks of a broken law beyond the data are unknown: no band is honest.
  if (law.kind === "broken") return [evaluateBroken(law, x), [Number.NaN, Number.NaN]];
  return [evaluateSaturating(law, x), saturatingBand(law, x)];
};

/**
 * Delta method on ln y with the covariance of (E, ln A, α). Student's factor is that of the exponent's own interval; NaN
 * without degrees of freedom.
 */
const saturatingBand = (law: SaturatingLaw, x: number): readonly [number, number] => {
  const { covariance, exponent } = law;
  const y = evaluateSaturating(law, x);
  const reducible = y - law.floor.value;
  const gradient = [1, reducible, -Math.log(x) * reducible];
  const variance = gradient.reduce(
    (sum, gi, i) => sum + gradient.reduce((inner, gj, j) => inner + gi * gj * covariance[i]![j]!, 0),
    0,
  );
  const factor = (exponent.ci95[1] - exponent.value) / exponent.standardError;
  const half = (factor * Math.sqrt(Math.max(0, variance))) / y;
  return [y * Math.exp(-half), y * Math.exp(half)];
};

/** A point without the band that is not finite. */
export const banded = (x: number, y: number, [low, high]: readonly [number, number]): LawPoint =>
  low > 0 && Number.isFinite(low) && Number.isFinite(high) ? { x, y, low, high } : { x, y };

/** An interval that can be drawn on a log axis; undefined for one that is unknown, infinite or reaches zero. */
export const drawable = (interval: readonly [number, number] | undefined): readonly [number, number] | undefined =>
  interval && interval[0] > 0 && Number.isFinite(interval[1]) ? interval : undefined;
