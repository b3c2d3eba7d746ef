import type { AskedModel, FitRun, FrontierPoint, SurfaceFigureData } from "@isoflop/plot";
import { deltaMethod, optimalAllocation, type Run, type SurfaceFit, surfaceLoss } from "@isoflop/scaling";
import { BEYOND, largest, smallest, spaced } from "../../range.js";
import { computeRule } from "../../words/quantity.js";
import { asSixND } from "./allocation.js";

/** A surface's optimum is defined under this compute. */
export const computeLabel = (k: number): string => `compute ${computeRule(k)}, FLOPs`;

/** Runs in the plane in which the surface's optimum is sought. */
export const planeRuns = (runs: readonly Run[], k: number): FitRun[] =>
  runs.map(({ N, D, loss, row }) => ({
    compute: k * N * D,
    params: N,
    loss,
    ...(row !== undefined && { label: `row ${row}` }),
  }));

/** Optimal sizes with delta-method bands; empty where the surface has no optimum. */
export const frontierOf = (fit: SurfaceFit, computes: readonly number[], k: number): FrontierPoint[] =>
  computes.flatMap((compute): FrontierPoint[] => {
    const best = optimalAllocation(fit, asSixND(compute, k));
    if (!best.ok) return [];
    const { ci95 } = deltaMethod(fit, (surface) => {
      const outcome = optimalAllocation(surface, asSixND(compute, k));
      return outcome.ok ? Math.log(outcome.N) : Number.NaN;
    });
    const [low, high] = ci95.map(Math.exp) as [number, number];
    const known = low > 0 && Number.isFinite(low) && Number.isFinite(high);
    return [{ compute, params: best.N, ...(known && { low, high }) }];
  });

const STEPS = 81;
/** Share of the logarithmic range by which the plane is wider than its runs. */
const MARGIN = 0.05;

/** Runs, and other models that the plane must hold. */
interface Content {
  readonly runs?: readonly FitRun[];
  readonly models?: readonly Omit<AskedModel, "label">[];
}

/** The fitted surface over a plane that holds everything, a decade beyond the largest run. */
export const planeOf = (fit: SurfaceFit, { runs = [], models = [] }: Content, k: number): SurfaceFigureData => {
  const known = runs.map(({ compute }) => compute);
  // Without runs there is no scale but the questions' own.
  const around = known.length > 0 ? 1 : BEYOND;
  const askedComputes = models.flatMap((model) => [model.compute, ...(model.computeInterval ?? [])]);
  const [from, to] = widened([
    ...known,
    ...known.map((compute) => BEYOND * compute),
    ...askedComputes.flatMap((compute) => [compute / around, compute * around]),
  ]);
  const optima = frontierOf(fit, [from, to], k).map(({ params }) => params);
  const sizes = [
    ...runs.map(({ params }) => params),
    ...models.flatMap((model) => [model.params, ...(model.paramsInterval ?? [])]),
  ];
  const params = spaced(...widened([...sizes, ...optima]), STEPS);
  const compute = spaced(from, to, STEPS);
  const loss = compute.map((C) => params.map((N) => surfaceLoss(fit, { N, D: C / (k * N) })));
  return {
    grid: { compute, params, loss },
    runs,
    frontier: frontierOf(fit, compute, k),
    ...(known.length > 0 && { fittedTo: largest(known) }),
    computeLabel: computeLabel(k),
  };
};

/** The range of values and a margin; a factor of ten around one value alone. */
const widened = (values: readonly number[]): [number, number] => {
  const [low, high] = [smallest(values), largest(values)];
  const room = high > low * 1.01 ? Math.exp((Math.log(high) - Math.log(low)) * MARGIN) : 10;
  return [Math.max(low / room, Number.MIN_VALUE), Math.min(high * room, Number.MAX_VALUE)];
};
