import { positive, ScalingError } from "../errors.js";
import { checkRuns } from "../input/runs.js";
import { ascending, quantileSorted } from "../math/quantile.js";
import type { Random } from "../math/random.js";
import type { Run } from "../types.js";
import type { DataScale, SurfaceData } from "./columns.js";
import type { SurfaceForm, SurfaceInput } from "./form.js";

export type { SurfaceData };

/**
 * Logarithms of a form's inputs, measured from the origins of what they are like.
 * @param centre of the data, from the origin of the form
 */
export const inputsOf = (
  { name: form, inputs = [], origin = ONE }: SurfaceForm,
  { N, D, inputs: given = {}, row }: Pick<Run, "N" | "D" | "inputs" | "row">,
  centre: { readonly N: number; readonly D: number } = ONE,
): number[] =>
  inputs.map(({ name, meaning, like, fallback }: SurfaceInput) => {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? fallback?.(N, D);
    const right = `a positive finite number: the form ${form} needs the ${meaning}`;
    return Math.log(positive(name, value, row, right)) - (like ? origin[like] + centre[like] : 0);
  });

/** N = D = 1. */
const ONE = { N: 0, D: 0 };

/** ln N and ln D of a model from the origin of a form. */
export const logsOf = ({ origin = ONE }: SurfaceForm, { N, D }: Pick<Run, "N" | "D">): [lnN: number, lnD: number] => [
  Math.log(N) - origin.N,
  Math.log(D) - origin.D,
];

export const surfaceData = (form: SurfaceForm, runs: readonly Run[], weight?: (run: Run) => number): SurfaceData => {
  if (runs.length === 0) throw new ScalingError("too-few-points", "there are no runs to fit");
  checkRuns(runs);
  const lnN = Float64Array.from(runs, (run) => logsOf(form, run)[0]);
  const lnD = Float64Array.from(runs, (run) => logsOf(form, run)[1]);
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
