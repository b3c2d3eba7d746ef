import { metricOf, standardErrorOf } from "../input/runs.js";
import { extent } from "../math/extent.js";
import type { Run } from "../types.js";
import type { Curve } from "./methods/method.js";

/** What of a budget's runs is a curve. */
export interface CurveChoices {
  readonly scale: "raw" | "log";
  readonly quantity: string;
  readonly weights: RunWeights;
}

/** Whether runs weigh alike, or by the inverse square of their own `sigma`. */
export type RunWeights = "alike" | "sigma";

/** The runs of a budget that have the quantity, and what is fitted to them against ln N and ln D. */
export interface BudgetCurves {
  readonly runs: readonly Run[];
  readonly N: Curve;
  readonly D: Curve;
}

/** The value a profile minimises; undefined when the run lacks the metric. */
export const quantityOf = (run: Run, quantity = "loss"): number | undefined =>
  quantity === "loss" ? run.loss : metricOf(run, quantity);

/** Its known standard error; undefined where the run does not state one. */
export const quantityError = (run: Run, quantity = "loss"): number | undefined =>
  quantity === "loss" ? run.sigma : standardErrorOf(run, quantity);

export const budgetCurves = (runs: readonly Run[], { scale, quantity, weights }: CurveChoices): BudgetCurves => {
  const used = runs.filter((run) => (quantityOf(run, quantity) ?? 0) > 0);
  const values = used.map((run) => quantityOf(run, quantity)!);
  const y = scale === "log" ? values.map(Math.log) : values;
  const sigma = knownNoise(used, values, { scale, quantity });
  const by = weights === "sigma" && sigma?.every((s) => s > 0) ? inverseSquares(sigma) : undefined;
  const shared = { y, ...(sigma && { sigma }), ...(by && { weights: by }) };
  return {
    runs: used,
    N: { x: used.map((run) => Math.log(run.N)), ...shared },
    D: { x: used.map((run) => Math.log(run.D)), ...shared },
  };
};

/** Known errors within this factor are alike: weighing by them would change nothing but the reference. */
const ALIKE = 1.5;

/** By their own errors where every run states one and they differ. */
export const weightsFor = (runs: readonly Run[], asked: RunWeights | undefined, quantity: string): RunWeights => {
  if (asked) return asked;
  const errors = runs
    .filter((run) => quantityOf(run, quantity) !== undefined)
    .map((run) => quantityError(run, quantity));
  if (errors.length === 0 || !errors.every((error = 0) => error > 0)) return "alike";
  const [low, high] = extent(errors as number[]);
  return high > ALIKE * low ? "sigma" : "alike";
};

const knownNoise = (
  runs: readonly Run[],
  values: readonly number[],
  { scale, quantity }: Pick<CurveChoices, "scale" | "quantity">,
): number[] | undefined => {
  const errors = runs.map((run) => quantityError(run, quantity));
  if (!errors.every((error) => error !== undefined)) return undefined;
  return errors.map((error, i) => (scale === "log" ? error / values[i]! : error));
};

/** With mean one, so that a weighted residual variance is that of a typical run. */
const inverseSquares = (sigma: readonly number[]): number[] => {
  const raw = sigma.map((s) => 1 / (s * s));
  const mean = raw.reduce((s, v) => s + v, 0) / raw.length;
  return raw.map((v) => v / mean);
};
