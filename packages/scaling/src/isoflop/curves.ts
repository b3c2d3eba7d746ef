import { metricOf } from "../input/runs.js";
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

export const budgetCurves = (runs: readonly Run[], { scale, quantity, weights }: CurveChoices): BudgetCurves => {
  const used = runs.filter((run) => (quantityOf(run, quantity) ?? 0) > 0);
  const values = used.map((run) => quantityOf(run, quantity)!);
  const y = scale === "log" ? values.map(Math.log) : values;
  const sigma = quantity === "loss" ? knownNoise(used, scale) : undefined;
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
  if (quantity !== "loss" || runs.length === 0 || !runs.every(({ sigma = 0 }) => sigma > 0)) return "alike";
  const [low, high] = extent(runs.map(({ sigma }) => sigma!));
  return high > ALIKE * low ? "sigma" : "alike";
};

const knownNoise = (runs: readonly Run[], scale: "raw" | "log"): number[] | undefined => {
  if (!runs.every((run) => run.sigma !== undefined)) return undefined;
  return runs.map((run) => (scale === "log" ? run.sigma! / run.loss : run.sigma!));
};

/** With mean one, so that a weighted residual variance is that of a typical run. */
const inverseSquares = (sigma: readonly number[]): number[] => {
  const raw = sigma.map((s) => 1 / (s * s));
  const mean = raw.reduce((s, v) => s + v, 0) / raw.length;
  return raw.map((v) => v / mean);
};
