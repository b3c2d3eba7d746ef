import type { Law, Laws } from "@isoflop/plot";
import { deltaMethod, optimalAllocation } from "@isoflop/scaling";
import type { AllocationLaws } from "../fits/allocation.js";
import { type SurfaceDocument, type SurfaceNumbers, surfaceOf } from "../fits/surface.js";

/** The optima of a surface as laws with delta-method bands; undefined where it has no optima or no errors. */
export function surfaceLaws(
  document: SurfaceDocument,
  numbers: SurfaceNumbers,
  computes: readonly number[],
): Laws | undefined {
  const { allocation, covariance } = numbers;
  if (!allocation || !covariance) return undefined;
  const fit = surfaceOf(document, numbers);
  const law = (name: keyof AllocationLaws): Law => {
    const { coefficient, exponent } = allocation[name];
    const band = computes.map((compute) => {
      const log = deltaMethod(fit, (surface) => {
        const best = optimalAllocation(surface, compute);
        return best.ok ? Math.log(best[name]) : Number.NaN;
      });
      return { compute, low: Math.exp(log.ci95[0]), high: Math.exp(log.ci95[1]) };
    });
    const floor = name === "loss" ? { floor: allocation.loss.floor } : {};
    return { coefficient: coefficient.value, exponent: exponent.value, ci95: exponent.ci95, ...floor, band };
  };
  return { params: law("N"), tokens: law("D"), loss: law("loss") };
}
