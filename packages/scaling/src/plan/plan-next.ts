import { badOption } from "../errors.js";
import type { Matrix } from "../math/linear.js";
import { bisect } from "../math/search.js";
import type { NextRun, Plan } from "../records/answers.js";
import { optimalAllocation } from "../surface/allocate.js";
import { predictSurface } from "../surface/predict.js";
import { logSurfaceLoss, type Surface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import { statisticGradient } from "../surface/uncertainty.js";
import { type Flops, type Outcome, refuse } from "../types.js";
import { type Candidate, chooseRuns, type Question, varianceAfter } from "./design.js";

export interface PlanOptions {
  /** Which extrapolation should become certain: the optimal loss, size or tokens at a compute. */
  readonly target: Plan["target"];
  /** Compute to spend, in all. */
  readonly allowance: Flops;
  /** Compute of single runs. Default allowance / 200 … allowance. */
  readonly runCompute?: readonly [Flops, Flops] | undefined;
  /** Sizes within this factor of the optimum of their compute are considered. Default 8. */
  readonly sizeFactor?: number | undefined;
  /** Default 24. */
  readonly maximumRuns?: number | undefined;
  /** Standard deviation of ln L of one run. Default: the residuals of the fit. */
  readonly noise?: number | undefined;
  /** Covariance of θ to plan with, for instance that of the bootstrap. Default: the fit's own, by the delta method. */
  readonly covariance?: Matrix | undefined;
}

const QUANTITIES: readonly Plan["target"]["quantity"][] = ["loss", "N", "D"];
const COMPUTE_STEPS = 24;
const SIZE_STEPS = 17;

/**
 * Which next runs shrink the interval of an extrapolation most: c-optimal design on the linearised surface. It trusts the form of the
 * surface, so keep some runs of an even grid if the form itself is in doubt.
 */
export const planNext = (fit: SurfaceFit, options: PlanOptions): Outcome<Plan> => {
  const { target, allowance, sizeFactor = 8, maximumRuns = 24 } = options;
  const [smallest, most] = options.runCompute ?? [allowance / 200, allowance];
  if (!(allowance > 0)) throw badOption("allowance", allowance, "a positive number of FLOPs");
  if (!(smallest > 0 && most >= smallest && smallest <= allowance))
    throw badOption("runCompute", `${smallest} … ${most}`, "an ascending range that begins within the allowance");
  if (!(Number.isInteger(maximumRuns) && maximumRuns > 0))
    throw badOption("maximumRuns", maximumRuns, "a positive whole number");
  if (!QUANTITIES.includes(target.quantity))
    throw badOption("target.quantity", `"${target.quantity}"`, QUANTITIES.join(", "));
  if (!(sizeFactor > 1)) throw badOption("sizeFactor", sizeFactor, "more than 1");
  const covariance = options.covariance ?? fit.covariance;
  if (!covariance)
    return refuse("unidentified", "the fit has no covariance: some parameter cannot be told from these runs");
  const noise = (options.noise ?? fit.residualStandardDeviation) ** 2;
  if (!(noise > 0)) throw badOption("noise", Math.sqrt(noise), "a positive standard deviation of ln L");
  const best = predictSurface(fit, { C: target.C });
  if (!best.ok) return best;
  const gradient = statisticGradient(fit, (surface) => targetValue(surface, target));

  const question: Question = { covariance, target: gradient, noise, allowance, maximumRuns };
  const limits = { smallest, largest: Math.min(most, allowance), sizeFactor };
  const planned = chooseRuns(grid(fit, limits, COMPUTE_STEPS, SIZE_STEPS), question);
  const even = evenGrid(fit, limits, question);
  const after = (runs: readonly Candidate[]) => Math.sqrt(varianceAfter(question, runs));
  return {
    ok: true,
    record: "plan",
    target,
    optimum: { C: target.C, ...best.predicted },
    allowance,
    surface: fit,
    runs: counted(planned),
    cost: costOf(planned),
    standardError: { now: after([]), planned: after(planned), evenGrid: after(even) },
    evenGrid: counted(even),
    evenGridCost: costOf(even),
  };
};

const costOf = (runs: readonly Candidate[]): Flops => runs.reduce((sum, { cost }) => sum + cost, 0);

const targetValue = (surface: Surface, { C, quantity }: Plan["target"]): number => {
  const best = optimalAllocation(surface, C);
  return best.ok ? Math.log(best[quantity]) : Number.NaN;
};

type DesignRun = Candidate & Omit<NextRun, "count">;

/** Compute of single runs, and how far their sizes lie from the optimum of it. */
interface Limits {
  readonly smallest: Flops;
  readonly largest: Flops;
  readonly sizeFactor: number;
}

const grid = (
  surface: SurfaceFit,
  { smallest, largest, sizeFactor }: Limits,
  computeSteps: number,
  sizeSteps: number,
): DesignRun[] => {
  const out: DesignRun[] = [];
  for (let i = 0; i < computeSteps; i++) {
    const C = smallest * (largest / smallest) ** share(i, computeSteps);
    const best = optimalAllocation(surface, C);
    if (!best.ok) continue;
    for (let j = 0; j < sizeSteps; j++) {
      const N = best.N * (sizeSteps > 1 ? sizeFactor ** (2 * share(j, sizeSteps) - 1) : 1);
      const D = C / (surface.flopsPerToken * N);
      const gradient = new Float64Array(surface.theta.length);
      logSurfaceLoss(surface, { N, D }, gradient);
      out.push({ C, N, D, cost: C, gradient: Array.from(gradient) });
    }
  }
  return out;
};

/** Even grids, the best first: budgets and sizes per budget. */
const EVEN_GRIDS = [
  [3, 5],
  [2, 5],
  [1, 5],
  [1, 3],
  [1, 1],
] as const;

/** A grid that costs the allowance to the last digit is within it. */
const ROUNDING = 1e-9;

/**
 * What one would do without a plan: three budgets a factor of three apart, or what room there is, five sizes each, as large as the
 * allowance pays for, and with several seeds where the largest run is cheap. Fewer budgets where not even that is affordable.
 */
const evenGrid = (surface: SurfaceFit, limits: Limits, { allowance, maximumRuns }: Question): DesignRun[] => {
  const { smallest, largest, sizeFactor } = limits;
  const most = allowance * (1 + ROUNDING);
  const affordable = EVEN_GRIDS.find(
    ([budgets, sizes]) => budgets * sizes * smallest <= most && budgets * sizes <= maximumRuns,
  );
  if (!affordable) return [];
  const [budgets, sizes] = affordable;
  const lowest = (top: Flops) => Math.max(smallest, top * 3 ** -(budgets - 1));
  const priceOf = (top: Flops) => {
    let sum = 0;
    for (let i = 0; i < budgets; i++) sum += sizes * lowest(top) * (top / lowest(top)) ** share(i, budgets);
    return sum;
  };
  const top =
    priceOf(largest) <= allowance
      ? largest
      : Math.exp(bisect((x) => priceOf(Math.exp(x)) - allowance, Math.log(smallest), Math.log(largest)));
  const narrow = { smallest: lowest(top), largest: top, sizeFactor: Math.sqrt(sizeFactor) };
  const runs = grid(surface, narrow, budgets, sizes);
  const seeds = Math.min(Math.floor(most / priceOf(top)), Math.floor(maximumRuns / runs.length));
  return Array.from({ length: Math.max(1, seeds) }, () => runs).flat();
};

/** Place of the i-th of n on an axis from 0 to 1; one alone stands at the end. */
const share = (i: number, n: number): number => (n > 1 ? i / (n - 1) : 1);

const counted = (runs: readonly DesignRun[]): NextRun[] => {
  const out: NextRun[] = [];
  for (const { C, N, D } of [...runs].sort((a, b) => a.C - b.C || a.N - b.N)) {
    const last = out.at(-1);
    if (last?.C === C && last.N === N) out[out.length - 1] = { ...last, count: last.count + 1 };
    else out.push({ C, N, D, count: 1 });
  }
  return out;
};
