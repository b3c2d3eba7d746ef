import { ScalingError } from "../errors.js";
import { checkRuns } from "../input/runs.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import type { Random } from "../math/random.js";
import type { Run } from "../types.js";
import type { DataScale } from "./form.js";

/** Runs as columns, logarithms centred: with ln N ≈ 20 left in, the Hessian of the surface has condition 1e11 (2603.22339). */
export interface SurfaceData {
  readonly lnN: Float64Array;
  readonly lnD: Float64Array;
  readonly lnL: Float64Array;
  readonly loss: Float64Array;
  /** Weight of each point in the objective; resampling and 1/σ² come in through it. */
  readonly weight: Float64Array;
  readonly centreN: number;
  readonly centreD: number;
}

export const surfaceData = (runs: readonly Run[], weight?: (run: Run) => number): SurfaceData => {
  if (runs.length === 0) throw new ScalingError("too-few-points", "there are no runs to fit");
  checkRuns(runs);
  const lnN = Float64Array.from(runs, (run) => Math.log(run.N));
  const lnD = Float64Array.from(runs, (run) => Math.log(run.D));
  const centreN = lnN.reduce((s, v) => s + v, 0) / runs.length;
  const centreD = lnD.reduce((s, v) => s + v, 0) / runs.length;
  return {
    lnN: lnN.map((v) => v - centreN),
    lnD: lnD.map((v) => v - centreD),
    lnL: Float64Array.from(runs, (run) => Math.log(run.loss)),
    loss: Float64Array.from(runs, (run) => run.loss),
    weight: Float64Array.from(runs, weight ?? (() => 1)),
    centreN,
    centreD,
  };
};

export const dataScale = (data: SurfaceData): DataScale => {
  const losses = ascending(Array.from(data.loss));
  return { lowestLoss: losses[0]!, medianLoss: quantileSorted(losses, 0.5) };
};

/** `count` rows drawn without replacement, on the same axes; the data itself where there are no more. */
export const thinned = (data: SurfaceData, count: number, uniform: Random): SurfaceData => {
  const n = data.lnL.length;
  if (n <= count) return data;
  const index = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(uniform() * (n - i));
    [index[i], index[j]] = [index[j]!, index[i]!];
  }
  const kept = index.subarray(0, count);
  const some = (column: Float64Array) => Float64Array.from(kept, (i) => column[i]!);
  const { lnN, lnD, lnL, loss, weight } = data;
  return { ...data, lnN: some(lnN), lnD: some(lnD), lnL: some(lnL), loss: some(loss), weight: some(weight) };
};
