import { allocationExponents, optimalAllocation } from "../surface/allocate.js";
import { formOfSurface, type Surface } from "../surface/surface.js";
import type { Flops } from "../types.js";
import { fallingCurve, flooredPower, type OptimumCurve, tabulated } from "./curve.js";

/** A step of ln C over which the optimum of a searched form moves measurably and stays a power. */
const STEP = 0.05;
/** Decades about its runs within which the optimum of such a form is believed. */
const BELIEVED = 10;

/**
 * L* along the optimum of a surface, under its own C = k·N·D: in closed form where the optimum is one of two powers, tabulated where it is
 * searched for. Undefined where there is none.
 * @param C a compute amid the runs
 */
export const curveOfSurface = (surface: Surface, C: Flops): OptimumCurve | undefined => {
  const form = formOfSurface(surface);
  const best = optimalAllocation(surface, C);
  if (!best.ok) return undefined;
  const { N, D } = allocationExponents(surface, C);
  const floor = form.floor(surface.theta);
  const reducible = best.loss - floor;
  if (form.trade) {
    const slope = form.trade(surface.theta).slope * N;
    return slope > 0 ? flooredPower({ floor, reducible, slope, at: C }, { N, D }) : undefined;
  }
  const lossAt = (at: Flops) => {
    const found = optimalAllocation(surface, at);
    return found.ok ? found.loss : Number.NaN;
  };
  const [low, high] = [-STEP, STEP].map((step) => lossAt(C * Math.exp(step)));
  const exponent = Math.log((high! - floor) / (low! - floor)) / (2 * STEP);
  if (!(exponent < 0)) return undefined;
  return fallingCurve(tabulated(lossAt), C, { N, D, loss: exponent, floor }, BELIEVED * Math.LN10);
};
