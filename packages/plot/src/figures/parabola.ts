import { extent, logBetween, logRatio } from "../range.js";
import { given } from "../study/check.js";
import type { IsoFlopOptimum, Run } from "../study/types.js";

/** A point of an isoFLOP curve. */
export interface CurvePoint {
  /** Parameters, or tokens where the curve is drawn against those. */
  readonly size: number;
  readonly loss: number;
}

/** Which of the two sizes of a run an isoFLOP curve is drawn against. */
export type SizeName = "params" | "tokens";

/**
 * Curvature κ of loss = L* + (κ/2) ln(N/N*)², the least-squares one given the vertex. When vertex and points come from
 * an ordinary least-squares parabola this gives that parabola back, because its vertex is optimal already.
 */
export const curvatureThrough = (vertex: CurvePoint, points: readonly CurvePoint[]): number => {
  let above = 0;
  let below = 0;
  for (const { size, loss } of points) {
    const z = logRatio(size, vertex.size) ** 2 / 2;
    above += z * (loss - vertex.loss);
    below += z * z;
  }
  return below > 0 ? above / below : 0;
};

/** The stated curve of a budget, or its parabola between the smallest and largest model; empty for one that was refused. */
export const isoFlopCurve = (
  optimum: IsoFlopOptimum,
  runs: readonly Run[],
  name: SizeName = "params",
  samples = 60,
): CurvePoint[] => {
  const { optimalLoss, interior } = optimum;
  const best = name === "params" ? optimum.optimalParams : optimum.optimalTokens;
  if (!interior || best === null || optimalLoss === null) return [];
  if (given(optimum.curve)) return [...optimum.curve];
  const vertex = { size: best, loss: optimalLoss };
  const points = runs.map((run) => ({ size: run[name], loss: run.loss }));
  const curvature = optimum.curvature ?? curvatureThrough(vertex, points);
  const [low, high] = extent([vertex, ...points].map(({ size }) => size));
  return Array.from({ length: samples + 1 }, (_, i) => {
    const size = logBetween(low, high, i / samples);
    return { size, loss: vertex.loss + (curvature / 2) * logRatio(size, vertex.size) ** 2 };
  });
};
