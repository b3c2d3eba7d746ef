import { fitBudgets, type IsoFlopOptions } from "../isoflop/budgets.js";
import { predictPowerLaw } from "../laws/power.js";
import type { Flops, Outcome } from "../types.js";
import { allocationExponents, optimalAllocation } from "./allocate.js";
import { type ModelAndData, type Surface, surfaceLoss } from "./surface.js";
import type { Approach2Bias } from "./surface-fit.js";

/** A model at a budget: what an isoFLOP study trained, without its losses. */
export interface DesignPoint extends ModelAndData {
  readonly C: Flops;
}

/**
 * Approach 2 is a second-order expansion: with α ≠ β its vertex is off by a factor that grows with the width of the grid
 * (2603.22339). This samples the surface on the grid that was used, runs Approach 2 on it, and reports the shift.
 * @param at compute at which the relative errors are taken
 */
export const approach2Bias = (
  surface: Surface,
  design: readonly DesignPoint[],
  at: Flops,
  options: IsoFlopOptions = {},
): Outcome<Approach2Bias> => {
  const fit = fitBudgets(
    design.map(({ C, N, D }) => ({ C, N, D, loss: surfaceLoss(surface, { N, D }) })),
    options,
  );
  if (!fit.N.ok) return fit.N;
  if (!fit.D.ok) return fit.D;
  if (!fit.loss.ok) return fit.loss;
  const flopsPerToken = flopsPerParameterToken(design);
  const truth = optimalAllocation({ ...surface, flopsPerToken }, at);
  if (!truth.ok) return truth;
  const exponents = allocationExponents(surface, at);
  return {
    ok: true,
    C: at,
    exponent: { N: fit.N.exponent.value - exponents.N, D: fit.D.exponent.value - exponents.D },
    relative: {
      N: predictPowerLaw(fit.N, at).value / truth.N - 1,
      D: predictPowerLaw(fit.D, at).value / truth.D - 1,
      loss: predictPowerLaw(fit.loss, at).value / truth.loss - 1,
    },
    flopsPerToken,
  };
};

/** How many FLOPs a parameter and a token cost in a study: 6 by the rule, more or less where C is counted exactly. */
export const flopsPerParameterToken = (design: readonly DesignPoint[]): number =>
  Math.exp(design.reduce((sum, { C, N, D }) => sum + Math.log(C / (N * D)), 0) / design.length);
