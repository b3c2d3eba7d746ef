import type { IsoFlopOptimum, Run } from "../study/types.js";

/** A point of an isoFLOP curve. */
export interface CurvePoint {
  readonly params: number;
  readonly loss: number;
}

/**
 * Curvature κ of loss = L* + (κ/2) ln(N/N*)², the least-squares one given the vertex. When vertex and points come from
 * an ordinary least-squares parabola this gives that parabola back, because its vertex is optimal already.
 */
export function curvatureThrough(vertex: CurvePoint, points: readonly CurvePoint[]): number {
  let above = 0;
  let below = 0;
  for (const { params, loss } of points) {
    const z = Math.log(params / vertex.params) ** 2 / 2;
    above += z * (loss - vertex.loss);
    below += z * z;
  }
  return below > 0 ? above / below : 0;
}

/** The parabola of a budget between its smallest and largest model; empty for a budget that was refused. */
export function parabola(optimum: IsoFlopOptimum, runs: readonly Run[], samples = 60): CurvePoint[] {
  const { optimalParams, optimalLoss, interior } = optimum;
  if (!interior || optimalParams === null || optimalLoss === null) return [];
  const vertex = { params: optimalParams, loss: optimalLoss };
  const curvature = optimum.curvature ?? curvatureThrough(vertex, runs);
  const low = Math.min(vertex.params, ...runs.map((run) => run.params));
  const high = Math.max(vertex.params, ...runs.map((run) => run.params));
  return Array.from({ length: samples + 1 }, (_, i) => {
    const params = low * (high / low) ** (i / samples);
    return { params, loss: vertex.loss + (curvature / 2) * Math.log(params / vertex.params) ** 2 };
  });
}
