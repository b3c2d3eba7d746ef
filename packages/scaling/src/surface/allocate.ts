import { badOption, ScalingError, shown } from "../errors.js";
import { bisect, goldenMinimum } from "../math/search.js";
import { type FlopRule, type Flops, type Loss, type Outcome, type Parameters, refuse, type Tokens } from "../types.js";
import { SIX } from "./form.js";
import { formOfSurface, type ModelAndData, type Surface, surfaceLoss } from "./surface.js";

/** The best model of a compute. */
export interface Allocation extends ModelAndData {
  readonly C: Flops;
  readonly loss: Loss;
}

export interface AllocationOptions {
  /** Default C = k·N·D with the surface's own k. */
  readonly flops?: FlopRule | undefined;
  /** Range of sizes searched. Default 1 … 10¹⁸, or where one token fits. */
  readonly sizes?: readonly [Parameters, Parameters] | undefined;
}

const LARGEST = 1e18;

/** The rule that a surface carries. */
const ruleOf =
  ({ flopsPerToken = SIX }: Surface): FlopRule =>
  (N, D) =>
    flopsPerToken * N * D;

/** What compute counts for a surface, in words: "C = 6ND", "C = 5.2·N·D". */
export const computeRule = ({ flopsPerToken = SIX }: Pick<Surface, "flopsPerToken">): string =>
  Math.abs(flopsPerToken / SIX - 1) < 1e-6 ? "C = 6ND" : `C = ${Number(flopsPerToken.toPrecision(5))}·N·D`;

/**
 * The size and tokens of least loss at a compute. Closed form under C = k·N·D (Hoffmann et al. 2022, eq. 4: N* = G (C/6)^(β/(α+β)),
 * G = (αA/βB)^(1/(α+β))), a search along the isoFLOP curve under any other rule.
 */
export const optimalAllocation = (surface: Surface, C: Flops, options: AllocationOptions = {}): Outcome<Allocation> => {
  if (!(C > 0 && Number.isFinite(C))) throw badOption("C", C, "a positive number of FLOPs");
  return options.flops || options.sizes ? searched(surface, C, options) : closedForm(surface, asSixND(surface, C), C);
};

/** What buys as much under 6ND, in which the closed form is written. */
const asSixND = ({ flopsPerToken = SIX }: Surface, C: Flops): Flops =>
  flopsPerToken === SIX ? C : (C * SIX) / flopsPerToken;

const closedForm = (surface: Surface, sixND: Flops, C: Flops): Outcome<Allocation> => {
  const { a, b, alpha, beta } = formOfSurface(surface).trade(surface.theta);
  if (!(alpha > 0 && beta > 0) || !Number.isFinite(a) || !Number.isFinite(b)) {
    return refuse(
      "unidentified",
      "the surface has no term that falls with N, or none that falls with D: there is no optimum",
    );
  }
  const lnG = (Math.log(alpha / beta) + a - b) / (alpha + beta);
  const lnN = lnG + (beta / (alpha + beta)) * Math.log(sixND / SIX);
  const N = Math.exp(lnN);
  const D = sixND / (SIX * N);
  return { ok: true, C, N, D, loss: surfaceLoss(surface, { N, D }) };
};

const searched = (surface: Surface, C: Flops, options: AllocationOptions): Outcome<Allocation> => {
  const { flops = ruleOf(surface), sizes: [smallest, largest] = [1, LARGEST] } = options;
  const tokens = (lnN: number) => tokensFor(flops, Math.exp(lnN), C);
  const loss = (lnN: number) => {
    const D = tokens(lnN);
    return D === undefined ? Number.POSITIVE_INFINITY : surfaceLoss(surface, { N: Math.exp(lnN), D });
  };
  const low = Math.log(smallest);
  const high = Math.log(largest);
  const lnN = minimumOnGrid(loss, low, high);
  const D = lnN === undefined ? undefined : tokens(lnN);
  if (lnN === undefined || D === undefined)
    return refuse("unreachable", `no size can be trained on one token with C = ${shown(C)}`);
  if (lnN - low < 1e-6 || high - lnN < 1e-6)
    return refuse("edge-minimum", `the best size at C = ${shown(C)} is at the end of the searched range`);
  return { ok: true, C, N: Math.exp(lnN), D, loss: loss(lnN) };
};

/** Exponents of N* and D* in C under C = k·N·D, β/(α+β) and α/(α+β). */
export const allocationExponents = (surface: Surface): { readonly N: number; readonly D: number } => {
  const { alpha, beta } = formOfSurface(surface).trade(surface.theta);
  return { N: beta / (alpha + beta), D: alpha / (alpha + beta) };
};

const tokensFor = (flops: FlopRule, N: Parameters, C: Flops): Tokens | undefined => {
  if (flops(N, 1) > C) return undefined;
  let high = 1;
  while (flops(N, high) < C) {
    high *= 16;
    if (!Number.isFinite(high)) throw new ScalingError("bad-option", "flops(N, D) does not grow with D");
  }
  return Math.exp(bisect((lnD) => flops(N, Math.exp(lnD)) - C, Math.log(high / 16), Math.log(high)));
};

const minimumOnGrid = (f: (x: number) => number, low: number, high: number): number | undefined => {
  const steps = 200;
  const at = (i: number) => low + ((high - low) * i) / steps;
  let best = -1;
  let value = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= steps; i++) {
    const v = f(at(i));
    if (v < value) [best, value] = [i, v];
  }
  if (best < 0) return undefined;
  return goldenMinimum(f, at(Math.max(0, best - 1)), at(Math.min(steps, best + 1))).x;
};

const LEAST_COMPUTE = Math.log(SIX);
const MOST_COMPUTE = Math.log(1e60);

/**
 * Least compute that reaches a loss when allocated optimally; `unreachable` at or below the floor, and above what the smallest
 * compute gives.
 * @throws ScalingError `bad-option` for a loss that is not positive
 */
export const computeForLoss = (surface: Surface, loss: Loss, options: AllocationOptions = {}): Outcome<Allocation> => {
  if (!(loss > 0 && Number.isFinite(loss))) throw badOption("loss", loss, "a positive number");
  const ruled = options.flops || options.sizes;
  const scale = ruled ? 1 : (surface.flopsPerToken ?? SIX) / SIX;
  const at = (lnC: number) => {
    const C = Math.exp(lnC);
    return ruled ? searched(surface, C, options) : closedForm(surface, C, scale * C);
  };
  const excess = (lnC: number) => {
    const allocation = at(lnC);
    return allocation.ok ? allocation.loss - loss : Number.NaN;
  };
  // A rule may refuse small or large budgets, so the first that reaches the loss is looked for where answers come.
  const steps = 240;
  const grid = Array.from(
    { length: steps + 1 },
    (_, i) => LEAST_COMPUTE + ((MOST_COMPUTE - LEAST_COMPUTE) * i) / steps,
  );
  const last = grid.findLastIndex((x) => excess(x) > 0);
  if (last < 0) return refuse("unreachable", `a loss of ${loss} is above what the least compute reaches`);
  const next = grid[last + 1];
  // At the floor itself the excess is at best zero, by rounding.
  if (next === undefined || !(excess(next) < 0))
    return refuse("unreachable", `a loss of ${loss} is below what 10⁶⁰ FLOPs reach: the floor is in the way`);
  return at(bisect((x) => -excess(x), grid[last]!, next));
};

/** What a run that was not compute-optimal cost. */
export interface Misallocation {
  readonly C: Flops;
  readonly loss: Loss;
  /** Loss above the optimum of the same compute. */
  readonly excessLoss: number;
  /** Compute an optimal run would have needed for the same loss. */
  readonly sufficient: Flops;
  /** (C − sufficient) / sufficient: compute spent for nothing, as a share of what was needed. */
  readonly deadweight: number;
}

/** Cost of training N on D instead of the optimum of the same compute. */
export const misallocation = (
  surface: Surface,
  model: ModelAndData,
  options: AllocationOptions = {},
): Outcome<Misallocation> => {
  const C = (options.flops ?? ruleOf(surface))(model.N, model.D);
  const loss = surfaceLoss(surface, model);
  const best = optimalAllocation(surface, C, options);
  if (!best.ok) return best;
  const needed = computeForLoss(surface, loss, options);
  if (!needed.ok) return needed;
  return { ok: true, C, loss, excessLoss: loss - best.loss, sufficient: needed.C, deadweight: C / needed.C - 1 };
};
