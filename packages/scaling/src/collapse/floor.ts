import { extent } from "../math/extent.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import { goldenMinimum } from "../math/search.js";
import type { Loss } from "../types.js";

/** ln ℓ of every curve at every share: ℓ(x) = (L(x) − L0) / (L(1) − L0). */
export const logCurves = (losses: readonly (readonly Loss[])[], floor: Loss): number[][] =>
  losses.map((curve) => {
    const end = curve.at(-1)! - floor;
    return curve.map((loss) => Math.log((loss - floor) / end));
  });

/** Shares of the lowest end at which a floor is first looked for, and the highest of them. */
const STEPS = 40;
const HIGHEST = 0.995;

/**
 * The L0 under which curves are most alike: Σ over x of the median distance from the median curve, over Σ of the median curve's own
 * height, so that no floor is good because it flattens everything. Medians, so that less than half of the curves may be spoilt. From
 * 0 to just below the lowest end.
 */
export const bestFloor = (losses: readonly (readonly Loss[])[]): Loss => {
  const [lowest] = extent(losses.flat());
  const unlike = (share: number) => unlikeness(logCurves(losses, share * lowest));
  const at = (step: number) => (HIGHEST * step) / STEPS;
  let best = 0;
  for (let step = 1; step <= STEPS; step++) if (unlike(at(step)) < unlike(at(best))) best = step;
  const near = goldenMinimum(unlike, at(Math.max(0, best - 1)), at(Math.min(STEPS, best + 1)));
  return (near.value < unlike(at(best)) ? near.x : at(best)) * lowest;
};

const median = (values: readonly number[]): number => quantileSorted(ascending(values), 0.5);

const unlikeness = (curves: readonly (readonly number[])[]): number => {
  let [apart, height] = [0, 0];
  for (const k of curves[0]!.keys()) {
    const column = curves.map((curve) => curve[k]!);
    const middle = median(column);
    apart += median(column.map((v) => Math.abs(v - middle)));
    height += Math.abs(middle);
  }
  return apart / height;
};
