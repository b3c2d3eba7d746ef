import { studentCdf } from "../math/distributions.js";
import { extent } from "../math/extent.js";
import type { ProfileWarning } from "./record.js";
import type { Parabola } from "./vertex.js";

/** A vertex in the outer sixth of the range leans on extrapolated curvature. */
const OFF_CENTRE = 1 / 6;

/** What there is to say of the parabola of a budget. */
export const warningsOf = (
  parabola: Parabola,
  x: readonly number[],
  weights: readonly number[] | undefined,
): ProfileWarning[] => {
  const warnings: ProfileWarning[] = [];
  const [low, high] = extent(x);
  const position = (parabola.x.value - low) / (high - low);
  if (position < OFF_CENTRE || position > 1 - OFF_CENTRE) warnings.push("off-centre");
  if (parabola.curvature.ci95[0] <= 0) warnings.push("flat");
  if (hasOutlier(parabola, weights)) warnings.push("outlier");
  return warnings;
};

/** Chance of calling any run of a budget an outlier when all are from one normal distribution. */
const FALSE_ALARM = 0.01;
/** Below this share of the loss a residual is rounding: exact data have no outliers. */
const ROUNDING = 1e-12;
/** No threshold of the test lies lower, so the distribution need not be asked. */
const UNREMARKABLE = 3;

/**
 * Bonferroni's test of the largest externally studentised residual, each run against the parabola through the others (Cook &
 * Weisberg 1982): its threshold grows with the number of runs and with how few degrees of freedom they leave.
 */
const hasOutlier = (
  { y, residuals, leverages, degreesOfFreedom }: Parabola,
  weights: readonly number[] | undefined,
): boolean => {
  const without = degreesOfFreedom - 1;
  if (without < 2) return false;
  const own = residuals.map((r, i) => r * Math.sqrt(weights?.[i] ?? 1));
  const rss = own.reduce((s, r) => s + r * r, 0);
  const rounding = (ROUNDING * y.value) ** 2;
  let largest = 0;
  own.forEach((r, i) => {
    const free = Math.max(Number.EPSILON, 1 - leverages[i]!);
    const variance = Math.max(0, rss - (r * r) / free) / without + rounding;
    if (r * r > rounding) largest = Math.max(largest, (r * r) / (free * variance));
  });
  const t = Math.sqrt(largest);
  return t > UNREMARKABLE && 2 * residuals.length * studentCdf(-t, without) < FALSE_ALARM;
};
