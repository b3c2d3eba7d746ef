import type { Law, Laws } from "@isoflop/plot";
import { deltaMethod, optimalAllocation } from "@isoflop/scaling";
import { type SurfaceDocument, type SurfaceNumbers, surfaceOf } from "../fits/surface.js";

/** The optima of a surface as laws with delta-method bands. */
export function surfaceLaws(document: SurfaceDocument, numbers: SurfaceNumbers, computes: readonly number[]): Laws {
  const fit = surfaceOf(document, numbers);
  const allocation = numbers.allocation!;
  const law = (name: "N" | "D" | "loss"): Law => {
    const { coefficient, exponent } = allocation[name];
    const band = computes.map((compute) => {
      const log = deltaMethod(fit, (surface) => {
        const best = optimalAllocation(surface, compute);
        return best.ok ? Math.log(best[name]) : Number.NaN;
      });
      return { compute, low: Math.exp(log.ci95[0]), high: Math.exp(log.ci95[1]) };
    });
    return {
      coefficient: coefficient.value,
      exponent: exponent.value,
      ci95: known(exponent.ci95) ? exponent.ci95 : [exponent.value, exponent.value],
      ...(name === "loss" && { floor: allocation.loss.floor }),
      ...(band.every(({ low, high }) => known([low, high])) && { band }),
    };
  };
  return { params: law("N"), tokens: law("D"), loss: law("loss") };
}

const known = (ends: readonly [number, number]): boolean => ends.every(Number.isFinite);
