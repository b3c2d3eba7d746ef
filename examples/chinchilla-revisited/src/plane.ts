import type { FrontierPoint, SurfaceFigureData } from "@isoflop/plot";
import {
  deltaMethod,
  type Estimate,
  type Flops,
  optimalAllocation,
  type Run,
  type SurfaceFit,
  surfaceLoss,
} from "@isoflop/scaling";

/** Numbers from `low` to `high`, even in the logarithm. */
export const spaced = (low: number, high: number, points: number): number[] =>
  Array.from({ length: points }, (_, i) => low * (high / low) ** (i / (points - 1)));

const steps = 81;
const margin = 1.4;

/** The optimum that is marked on the plane. */
export interface Marked {
  readonly C: Flops;
  readonly N: Estimate;
}

/** The surface over all runs and up to the optimum that is marked. */
export const plane = (fit: SurfaceFit, runs: readonly Run[], { C: target, N }: Marked): SurfaceFigureData => {
  const computes = [...runs.map(({ C }) => C), target];
  const compute = spaced(Math.min(...computes) / margin, Math.max(...computes) * margin, steps);
  const frontier = compute.flatMap((C) => frontierAt(fit, C));
  const sizes = [...runs.map(({ N }) => N), ...frontier.map(({ params }) => params), ...N.ci95];
  const params = spaced(Math.min(...sizes) / margin, Math.max(...sizes) * margin, steps);
  return {
    grid: {
      compute,
      params,
      loss: compute.map((C) => params.map((N) => surfaceLoss(fit, { N, D: C / (6 * N) }))),
    },
    runs: runs.map(({ C, N, loss, row }) => ({ compute: C, params: N, loss, label: `row ${row}` })),
    frontier,
    fittedTo: Math.max(...runs.map(({ C }) => C)),
    computeLabel: "compute C = 6ND, FLOPs",
    asked: [{ compute: target, params: N.value, paramsInterval: N.ci95, label: "target" }],
  };
};

/** N* with its 95 % interval by the delta method; nothing where the surface has no optimum. */
const frontierAt = (fit: SurfaceFit, compute: Flops): FrontierPoint[] => {
  const best = optimalAllocation(fit, compute);
  if (!best.ok) return [];
  const { ci95 } = deltaMethod(fit, (surface) => {
    const optimum = optimalAllocation(surface, compute);
    return optimum.ok ? Math.log(optimum.N) : Number.NaN;
  });
  const [low, high] = [Math.exp(ci95[0]), Math.exp(ci95[1])];
  const known = low > 0 && Number.isFinite(high);
  return [{ compute, params: best.N, ...(known && { low, high }) }];
};
