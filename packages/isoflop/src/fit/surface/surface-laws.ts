import type { FitRun, FittedLaw } from "@isoflop/plot";
import { deltaMethod, optimalAllocation, type SurfaceFit } from "@isoflop/scaling";
import { BEYOND, largest, smallest, spaced } from "../../range.js";
import { interval, num } from "../../words/numbers.js";
import { banded } from "../law/curves.js";
import { type AllocationLaws, asSixND } from "./allocation.js";
import type { SurfaceDocument } from "./fit.js";
import { computeLabel } from "./plane.js";

const axes = (quantity: string) =>
  ({
    N: { label: "optimal model size N*, parameters", format: "count" },
    D: { label: "optimal data D*, tokens", format: "count" },
    loss: { label: `optimal ${quantity}`, format: "plain" },
  }) as const;

/**
 * The optima of a surface as laws of compute, over the runs or over `computes`; undefined where the surface has none.
 * The band is by the delta method, and absent where the fit has no errors.
 */
export const surfaceLaws = (
  { quantity, flopsPerToken: k, fit: numbers }: SurfaceDocument,
  fit: SurfaceFit,
  runs: readonly FitRun[],
  computes: readonly number[] = [],
): FittedLaw[] | undefined => {
  const allocation = numbers?.allocation;
  if (!allocation) return undefined;
  const known = runs.map(({ compute }) => compute);
  const end = Math.max(BEYOND * largest(known), largest(computes));
  const xs = spaced(Math.min(smallest(known), smallest(computes)), end);
  return (["N", "D", "loss"] as const).map((name) => ({
    title: `exponent ${num(allocation[name].exponent.value, 3)}, 95 % ${interval(allocation[name].exponent.ci95, 3)}`,
    x: { label: computeLabel(k), format: "scientific" },
    y: axes(quantity)[name],
    points: name === "loss" ? runs.map(({ compute, loss }) => ({ x: compute, y: loss })) : [],
    curve: optima(fit, name, xs, k),
    ...(known.length > 0 && { fittedTo: largest(known) }),
    ...(name === "loss" && allocation.loss.floor > 0 && { floor: { at: allocation.loss.floor } }),
  }));
};

const optima = (fit: SurfaceFit, name: keyof AllocationLaws, computes: readonly number[], k: number) =>
  computes.flatMap((compute) => {
    const best = optimalAllocation(fit, asSixND(compute, k));
    if (!best.ok) return [];
    const { ci95 } = deltaMethod(fit, (surface) => {
      const outcome = optimalAllocation(surface, asSixND(compute, k));
      return outcome.ok ? Math.log(outcome[name]) : Number.NaN;
    });
    return [banded(compute, best[name], [Math.exp(ci95[0]), Math.exp(ci95[1])])];
  });
