import { positive, ScalingError } from "../errors.js";
import { checkRuns } from "../input/runs.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import type { Random } from "../math/random.js";
import type { Run } from "../types.js";
import type { DataScale, SurfaceForm, SurfaceInput } from "./form.js";

/** Runs as columns, logarithms centred: with ln N ≈ 20 left in, the Hessian of the surface has condition 1e11 (2603.22339). */
export interface SurfaceData {
  readonly lnN: Float64Array;
  readonly lnD: Float64Array;
  readonly lnL: Float64Array;
  readonly loss: Float64Array;
  /** A column for each of the form's inputs. */
  readonly inputs: readonly Float64Array[];
  /** Weight of each point in the objective; resampling and 1/σ² come in through it. */
  readonly weight: Float64Array;
  readonly centreN: number;
  readonly centreD: number;
  readonly scale: DataScale;
}

/** Logarithms of a form's inputs, measured from the origins of what they are like. */
export const inputsOf = (
  { name: form, inputs = [] }: SurfaceForm,
  { N, D, inputs: given = {}, row }: Pick<Run, "N" | "D" | "inputs" | "row">,
  centre: { readonly N: number; readonly D: number } = { N: 0, D: 0 },
): number[] =>
  inputs.map(({ name, meaning, like, fallback }: SurfaceInput) => {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? fallback?.(N, D);
    const right = `a positive finite number: the form ${form} needs the ${meaning}`;
    return Math.log(positive(name, value, row, right)) - (like ? centre[like] : 0);
  });

export const surfaceData = (form: SurfaceForm, runs: readonly Run[], weight?: (run: Run) => number): SurfaceData => {
  if (runs.length === 0) throw new ScalingError("too-few-points", "there are no runs to fit");
  checkRuns(runs);
  const lnN = Float64Array.from(runs, (run) => Math.log(run.N));
  const lnD = Float64Array.from(runs, (run) => Math.log(run.D));
  const originOf = (axis: "N" | "D", logs: Float64Array) =>
    form.anchored?.includes(axis) ? 0 : logs.reduce((s, v) => s + v, 0) / runs.length;
  const centreN = originOf("N", lnN);
  const centreD = originOf("D", lnD);
  const inputs = (form.inputs ?? []).map(() => new Float64Array(runs.length));
  if (inputs.length > 0)
    for (const [i, run] of runs.entries())
      for (const [k, value] of inputsOf(form, run, { N: centreN, D: centreD }).entries()) inputs[k]![i] = value;
  return {
    lnN: lnN.map((v) => v - centreN),
    lnD: lnD.map((v) => v - centreD),
    lnL: Float64Array.from(runs, (run) => Math.log(run.loss)),
    loss: Float64Array.from(runs, (run) => run.loss),
    inputs,
    weight: Float64Array.from(runs, weight ?? (() => 1)),
    centreN,
    centreD,
    scale: scaleOf(runs.map((run) => run.loss)),
  };
};

const scaleOf = (losses: readonly number[]): DataScale => {
  const sorted = ascending([...losses]);
  return { lowestLoss: sorted[0]!, medianLoss: quantileSorted(sorted, 0.5) };
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
  const { lnN, lnD, lnL, loss, weight, inputs } = data;
  return {
    ...{ ...data, lnN: some(lnN), lnD: some(lnD), lnL: some(lnL), loss: some(loss), weight: some(weight) },
    inputs: inputs.map(some),
  };
};

/** ln L of the i-th run, with its gradient. */
export type RowLoss = (theta: ArrayLike<number>, i: number, gradient: Float64Array) => number;

/** A form over the rows of its data. */
export const rowLoss = (form: SurfaceForm, { lnN, lnD, inputs }: SurfaceData): RowLoss => {
  const none: readonly number[] = [];
  if (inputs.length === 0) return (theta, i, gradient) => form.logLoss(theta, lnN[i]!, lnD[i]!, gradient, none);
  const scratch = new Float64Array(inputs.length);
  return (theta, i, gradient) => {
    for (let k = 0; k < scratch.length; k++) scratch[k] = inputs[k]![i]!;
    return form.logLoss(theta, lnN[i]!, lnD[i]!, gradient, scratch);
  };
};
