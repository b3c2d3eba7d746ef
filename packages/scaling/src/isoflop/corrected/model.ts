import type { Matrix } from "../../math/linear.js";
import type { Outcome, Run } from "../../types.js";
import type { IsoFlopLaw, Study } from "../budgets.js";
import { quantityError, quantityOf } from "../curves.js";

export const LAWS: readonly IsoFlopLaw[] = ["N", "D", "loss"];

/** ln N*, ln D* and ln L* of each budget. */
export type Optima = Readonly<Record<IsoFlopLaw, readonly number[]>>;

/** What says how the losses and the optima of a study would be without noise, fitted to its runs. */
export interface Model {
  /** The form of the surface, or `slices`. */
  readonly form: string;
  /** As they are quoted. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly theta: readonly number[];
  /** ln L of every run. */
  logLosses(theta: readonly number[]): readonly number[];
  /** Its own optima. */
  optima(theta: readonly number[]): Optima | undefined;
  /** ∂θ/∂ln L of every run. */
  readonly response: Matrix;
  /** Variance of ln L of a run of weight one about it. */
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** The runs of the budgets with a minimum, the quantity in the place of the loss, and their weights. */
export interface Sample {
  readonly runs: readonly Run[];
  readonly weights: readonly number[];
}

export const sampleOf = ({ interior, choices }: Study): Sample => ({
  runs: interior.flatMap(({ curves }) =>
    curves.runs.map(({ sigma: _, ...run }) => {
      const sigma = quantityError(run, choices.quantity);
      return { ...run, loss: quantityOf(run, choices.quantity)!, ...(sigma !== undefined && { sigma }) };
    }),
  ),
  weights: interior.flatMap(({ curves }) => curves.runs.map((_, i) => curves.N.weights?.[i] ?? 1)),
});

/** Of more runs an even sample has the model. */
export const MODEL_RUNS = 1000;

export type Modelled = Outcome<{ readonly model: Model }>;
