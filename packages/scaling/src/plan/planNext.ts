import { ScalingError } from "../errors.js";
import { type Matrix, quadraticForm } from "../math/linear.js";
import { optimalAllocation } from "../surface/allocate.js";
import type { SurfaceFit } from "../surface/describe.js";
import { formOf, type Surface } from "../surface/surface.js";
import { statisticGradient } from "../surface/uncertainty.js";
import { type Flops, type Outcome, type Parameters, refuse, type Tokens } from "../types.js";
import { type Candidate, chooseRuns, varianceAfter } from "./design.js";

/** Which extrapolation should become certain: the optimal loss, size or tokens at a compute. */
export interface PlanTarget {
  readonly C: Flops;
  readonly quantity: "loss" | "N" | "D";
}

export interface PlanOptions {
  readonly target: PlanTarget;
  /** Compute to spend, in all. */
  readonly allowance: Flops;
  /** Compute of single runs. Default allowance / 200 … allowance. */
  readonly runCompute?: readonly [Flops, Flops];
  /** Sizes within this factor of the optimum of their compute are considered. Default 8. */
  readonly sizeFactor?: number;
  /** Default 24. */
  readonly maximumRuns?: number;
  /** Standard deviation of ln L of one run. Default: the residuals of the fit. */
  readonly noise?: number;
  /**
   * Covariance of θ to plan with, for instance from the bootstrap (`surfacesCovariance`). Default: the fit's own, by the delta method.
   */
  readonly covariance?: Matrix;
}

export interface PlannedRun {
  readonly C: Flops;
  readonly N: Parameters;
  readonly D: Tokens;
  /** How often to train it, with different seeds. */
  readonly count: number;
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  readonly cost: Flops;
  /** Standard error of ln target: now, after the plan, and after an even isoFLOP grid of the same cost. */
  readonly standardError: { readonly now: number; readonly planned: number; readonly evenGrid: number };
  readonly evenGrid: readonly PlannedRun[];
}

const COMPUTE_STEPS = 24;
const SIZE_STEPS = 17;

/**
 * Which next runs shrink the interval of an extrapolation most: c-optimal design on the linearised surface. It trusts the form of the
 * surface, so keep some runs of an even grid if the form itself is in doubt.
 */
export function planNext(fit: SurfaceFit, options: PlanOptions): Outcome<Plan> {
  const { target, allowance, sizeFactor = 8, maximumRuns = 24 } = options;
  const [smallest, largest] = options.runCompute ?? [allowance / 200, allowance];
  if (!(allowance > 0))
    throw new ScalingError("bad-option", `allowance is ${allowance}; expected a positive number of FLOPs`);
  if (!(smallest > 0 && largest >= smallest && smallest <= allowance)) {
    throw new ScalingError(
      "bad-option",
      `runCompute is ${smallest} … ${largest}; expected an ascending range that begins within the allowance`,
    );
  }
  if (!(sizeFactor > 1)) throw new ScalingError("bad-option", `sizeFactor is ${sizeFactor}; expected more than 1`);
  const covariance = options.covariance ?? fit.covariance;
  if (!covariance)
    return refuse("unidentified", "the fit has no covariance: some parameter cannot be told from these runs");
  const noise = (options.noise ?? fit.residualStandardDeviation) ** 2;
  if (!(noise > 0))
    throw new ScalingError(
      "bad-option",
      `noise is ${Math.sqrt(noise)}; expected a positive standard deviation of ln L`,
    );
  const reference = optimalAllocation(fit, target.C);
  if (!reference.ok) return reference;
  const gradient = statisticGradient(fit, (s) => targetValue(s, target));

  const candidates = grid(fit, smallest, Math.min(largest, allowance), COMPUTE_STEPS, sizeFactor, SIZE_STEPS);
  const chosen = chooseRuns(candidates, covariance, gradient, noise, allowance, maximumRuns);
  const even = evenGrid(fit, smallest, Math.min(largest, allowance), sizeFactor, allowance);
  const planned = chosen.map((i) => candidates[i]!);
  const after = (runs: readonly Candidate[]) => Math.sqrt(varianceAfter(covariance, gradient, runs, noise));
  return {
    ok: true,
    runs: counted(planned),
    cost: planned.reduce((s, run) => s + run.cost, 0),
    standardError: {
      now: Math.sqrt(quadraticForm(covariance, gradient)),
      planned: after(planned),
      evenGrid: after(even),
    },
    evenGrid: counted(even),
  };
}

/** Covariance of θ over bootstrapped surfaces. */
export function surfacesCovariance(surfaces: readonly Surface[]): number[][] {
  const n = surfaces.length;
  const p = surfaces[0]?.theta.length ?? 0;
  if (n <= p)
    throw new ScalingError("too-few-points", `${n} surfaces; a covariance of ${p} parameters needs more than ${p}`);
  if (surfaces.some((surface) => surface.theta.some((v) => !Number.isFinite(v)))) {
    throw new ScalingError(
      "bad-value",
      "a surface has a term at zero, whose logarithm has no covariance; plan with the fit's own covariance",
    );
  }
  const mean = Array.from({ length: p }, (_, j) => surfaces.reduce((s, v) => s + v.theta[j]!, 0) / n);
  return mean.map((mi, i) =>
    mean.map((mj, j) => surfaces.reduce((s, v) => s + (v.theta[i]! - mi) * (v.theta[j]! - mj), 0) / (n - 1)),
  );
}

function targetValue(surface: Surface, { C, quantity }: PlanTarget): number {
  const best = optimalAllocation(surface, C);
  return best.ok ? Math.log(best[quantity]) : Number.NaN;
}

type DesignRun = Candidate & { readonly C: Flops; readonly N: Parameters; readonly D: Tokens };

function grid(
  surface: Surface,
  low: Flops,
  high: Flops,
  computeSteps: number,
  sizeFactor: number,
  sizeSteps: number,
): DesignRun[] {
  const out: DesignRun[] = [];
  for (let i = 0; i < computeSteps; i++) {
    const C = low * (high / low) ** (computeSteps > 1 ? i / (computeSteps - 1) : 1);
    const best = optimalAllocation(surface, C);
    if (!best.ok) continue;
    for (let j = 0; j < sizeSteps; j++) {
      const N = best.N * sizeFactor ** ((2 * j) / (sizeSteps - 1) - 1);
      out.push(designRun(surface, C, N));
    }
  }
  return out;
}

function designRun(surface: Surface, C: Flops, N: Parameters): DesignRun {
  const gradient = new Float64Array(surface.theta.length);
  const D = C / (6 * N);
  formOf(surface).logLoss(surface.theta, Math.log(N), Math.log(D), gradient);
  return { C, N, D, cost: C, gradient: Array.from(gradient) };
}

const EVEN_BUDGETS = 3;
const EVEN_SIZES = 5;

/** What one would do without a plan: three budgets a factor of three apart, five sizes each, scaled to the allowance. */
function evenGrid(surface: Surface, low: Flops, high: Flops, sizeFactor: number, allowance: Flops): DesignRun[] {
  let total = 0;
  for (let i = 0; i < EVEN_BUDGETS; i++) total += EVEN_SIZES * 3 ** -i;
  const top = Math.min(high, allowance / total);
  return grid(
    surface,
    Math.max(low, top * 3 ** -(EVEN_BUDGETS - 1)),
    top,
    EVEN_BUDGETS,
    Math.sqrt(sizeFactor),
    EVEN_SIZES,
  );
}

function counted(runs: readonly DesignRun[]): PlannedRun[] {
  const out: { C: Flops; N: Parameters; D: Tokens; count: number }[] = [];
  for (const { C, N, D } of [...runs].sort((a, b) => a.C - b.C || a.N - b.N)) {
    const last = out[out.length - 1];
    if (last && last.C === C && last.N === N) last.count++;
    else out.push({ C, N, D, count: 1 });
  }
  return out;
}
