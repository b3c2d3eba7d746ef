import { badOption, ScalingError, shown } from "../errors.js";
import { bisect, goldenMinimum } from "../math/search.js";
import { type FlopRule, type Flops, type Loss, type Outcome, type Parameters, refuse, type Tokens } from "../types.js";
import { SIX, type Trade } from "./form.js";
import { formOfSurface, type ModelAndData, type Surface, surfaceLoss } from "./surface.js";

/** The best model of a compute. */
export interface Allocation extends ModelAndData {
  readonly C: Flops;
  readonly loss: Loss;
}

export interface AllocationOptions {
  /** What else the loss depends on, by name: unique tokens, say. */
  readonly inputs?: Readonly<Record<string, number>> | undefined;
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
  const { trade, optimum } = formOfSurface(surface);
  const free = !options.flops && !options.sizes && !options.inputs;
  if (free && optimum) return given(surface, optimum, C);
  return trade && free ? closedForm(surface, trade(surface.theta), C) : searched(surface, C, options);
};

const given = (
  surface: Surface,
  optimum: (theta: readonly number[], lnND: number) => number,
  C: Flops,
): Outcome<Allocation> => {
  const { flopsPerToken = SIX } = surface;
  const { origin = { N: 0, D: 0 } } = formOfSurface(surface);
  const lnN = optimum(surface.theta, Math.log(C / flopsPerToken) - origin.N - origin.D) + origin.N;
  const N = Math.exp(lnN);
  const D = C / (flopsPerToken * N);
  return { ok: true, C, N, D, loss: surfaceLoss(surface, { N, D }) };
};

/** What buys as much under 6ND, in which the closed form is written. */
const asSixND = ({ flopsPerToken = SIX }: Surface, C: Flops): Flops =>
  flopsPerToken === SIX ? C : (C * SIX) / flopsPerToken;

const closedForm = (surface: Surface, { a, b, alpha, beta }: Trade, C: Flops): Outcome<Allocation> => {
  const sixND = asSixND(surface, C);
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

/** How far from the size amid the runs, scaled by the root of the compute, a minimum is looked for. */
const REACH = 1e4;

/**
 * Where the minimum of a form without a closed one is sought: downhill from amid its runs. Far from them such a form can have minima that
 * mean nothing, and deeper ones.
 */
const around = ({ centre, flopsPerToken = SIX }: Surface, C: Flops): readonly [Parameters, Parameters] => {
  if (!centre) return [1, LARGEST];
  const N = centre.N * Math.sqrt(C / (flopsPerToken * centre.N * centre.D));
  return [N / REACH, N * REACH];
};

const searched = (surface: Surface, C: Flops, options: AllocationOptions): Outcome<Allocation> => {
  const downhill = !formOfSurface(surface).trade && !options.sizes && surface.centre !== undefined;
  const { sizes = downhill ? around(surface, C) : [1, LARGEST], inputs } = options;
  const [smallest, largest] = sizes as readonly [Parameters, Parameters];
  const { flopsPerToken = SIX } = surface;
  const { flops } = options;
  const tokens = (lnN: number) => (flops ? tokensFor(flops, Math.exp(lnN), C) : C / (flopsPerToken * Math.exp(lnN)));
  const loss = (lnN: number) => {
    const D = tokens(lnN);
    if (D === undefined || D < 1) return Number.POSITIVE_INFINITY;
    return surfaceLoss(surface, { N: Math.exp(lnN), D, ...(inputs && { inputs }) });
  };
  const low = Math.log(smallest);
  const high = Math.log(largest);
  const lnN = minimumOnGrid(loss, low, high, downhill);
  const D = lnN === undefined ? undefined : tokens(lnN);
  if (lnN === undefined || D === undefined)
    return refuse("unreachable", `no size can be trained on one token with C = ${shown(C)}`);
  if (lnN - low < 1e-6 || high - lnN < 1e-6)
    return refuse("edge-minimum", `the best size at C = ${shown(C)} is at the end of the searched range`);
  return { ok: true, C, N: Math.exp(lnN), D, loss: loss(lnN), ...(inputs && { inputs }) };
};

/** The compute amid the runs of a surface; NaN where it does not say. */
const amid = ({ centre, flopsPerToken = SIX }: Surface): Flops =>
  centre ? flopsPerToken * centre.N * centre.D : Number.NaN;

/** A step of ln C over which the optimum of a searched form moves measurably and stays a power. */
const STEP = 0.05;

/**
 * d ln N* / d ln C and d ln D* / d ln C under C = k·N·D: β/(α+β) and α/(α+β) where the optimum is one of two powers, the slopes at C
 * for a form whose optimum is not a power of C. NaN where there is no optimum.
 * @param C default: amid its runs
 */
export const allocationExponents = (
  surface: Surface,
  C: Flops = amid(surface),
): { readonly N: number; readonly D: number } => {
  const { trade } = formOfSurface(surface);
  if (trade) {
    const { alpha, beta } = trade(surface.theta);
    return { N: beta / (alpha + beta), D: alpha / (alpha + beta) };
  }
  const [low, high] = [-STEP, STEP].map((step) => optimalAllocation(surface, C * Math.exp(step)));
  const N = low!.ok && high!.ok ? Math.log(high!.N / low!.N) / (2 * STEP) : Number.NaN;
  return { N, D: 1 - N };
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

/** @param downhill from the middle, instead of the lowest of all */
const minimumOnGrid = (f: (x: number) => number, low: number, high: number, downhill: boolean): number | undefined => {
  const steps = 200;
  const at = (i: number) => low + ((high - low) * i) / steps;
  const values = Array.from({ length: steps + 1 }, (_, i) => f(at(i)));
  const least = values.reduce((best, v, i) => (v < values[best]! ? i : best), 0);
  const best = downhill ? valley(values, steps / 2) : least;
  if (!(values[best]! < Number.POSITIVE_INFINITY)) return undefined;
  const { x } = goldenMinimum(f, at(Math.max(0, best - 1)), at(Math.min(steps, best + 1)));
  return vertex(f, x);
};

/** The place that is reached from another by going down. */
const valley = (values: readonly number[], from: number): number => {
  const step = (values[from + 1] ?? Number.POSITIVE_INFINITY) < values[from]! ? 1 : -1;
  let i = from;
  while ((values[i + step] ?? Number.POSITIVE_INFINITY) < values[i]!) i += step;
  return i;
};

/** Golden sections end where f is flat to rounding; a parabola through points beside it resolves x further, and smoothly in θ. */
const vertex = (f: (x: number) => number, x: number): number => {
  const h = 2e-3;
  const [left, middle, right] = [f(x - h), f(x), f(x + h)];
  const curvature = left - 2 * middle + right;
  const step = curvature > 0 ? (h * (left - right)) / (2 * curvature) : 0;
  return Math.abs(step) < h ? x + step : x;
};

const LEAST_COMPUTE = Math.log(SIX);
const MOST_COMPUTE = Math.log(1e60);
/** Decades about its runs within which a form without a closed optimum is believed. */
const BELIEVED = 10 * Math.LN10;

/** ln C from … to, within which a loss is looked for. */
const computes = (surface: Surface): readonly [number, number] => {
  const { centre, flopsPerToken = SIX } = surface;
  if (!centre || formOfSurface(surface).trade) return [LEAST_COMPUTE, MOST_COMPUTE];
  const lnC = Math.log(flopsPerToken * centre.N * centre.D);
  return [Math.max(LEAST_COMPUTE, lnC - BELIEVED), lnC + BELIEVED];
};

/**
 * Least compute that reaches a loss when allocated optimally; `unreachable` at or below the floor, and above what the smallest
 * compute gives.
 * @throws ScalingError `bad-option` for a loss that is not positive
 */
export const computeForLoss = (surface: Surface, loss: Loss, options: AllocationOptions = {}): Outcome<Allocation> => {
  if (!(loss > 0 && Number.isFinite(loss))) throw badOption("loss", loss, "a positive number");
  const ruled = options.flops || options.sizes;
  const scale = ruled ? 1 : (surface.flopsPerToken ?? SIX) / SIX;
  const at = (lnC: number) => optimalAllocation(surface, scale * Math.exp(lnC), options);
  const excess = (lnC: number) => {
    const allocation = at(lnC);
    return allocation.ok ? allocation.loss - loss : Number.NaN;
  };
  // A rule may refuse small or large budgets, so the first that reaches the loss is looked for where answers come.
  const steps = 240;
  const [from, to] = computes(surface);
  const grid = Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);
  const last =
    surface.centre && formOfSurface(surface).optimum
      ? lastFrom(grid, excess, Math.log(amid(surface)))
      : grid.findLastIndex((x) => excess(x) > 0);
  if (last < 0) return refuse("unreachable", `a loss of ${loss} is above what the least compute reaches`);
  const next = grid[last + 1];
  // At the floor itself the excess is at best zero, by rounding.
  if (next === undefined || !(excess(next) < 0))
    return refuse(
      "unreachable",
      `a loss of ${loss} is below what ${Math.exp(to).toExponential(0).replace("e+", "e")} FLOPs reach: the floor is in the way`,
    );
  return at(bisect((x) => -excess(x), grid[last]!, next));
};

/**
 * The last place above the loss on the way from amid the runs: a form whose exponents drift falls again, or rises, where no one would follow it.
 * −1 where the least compute does not lie above it, the end where none lies below.
 */
const lastFrom = (grid: readonly number[], excess: (x: number) => number, from: number): number => {
  const start = Math.max(
    0,
    grid.findLastIndex((x) => x <= from),
  );
  const above = excess(grid[start]!) > 0;
  const step = above ? 1 : -1;
  let i = start;
  while (grid[i] !== undefined && excess(grid[i]!) > 0 === above) i += step;
  return above ? i - 1 : i;
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
