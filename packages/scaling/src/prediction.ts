import type { FamilyPrediction, LawFamily } from "./laws/predictive.js";
import type { Predicted } from "./types.js";

/** What else there is to say of a prediction. */
export interface PredictionNotes {
  /** How far C lies beyond the largest fitted budget, as a factor. */
  readonly extrapolation?: number;
  /** The loss by each family of laws, with the family's weight. */
  readonly families?: Readonly<Partial<Record<LawFamily, FamilyPrediction>>>;
  /** Standard deviation of one run's loss as used. */
  readonly noiseStandardDeviation?: number;
  readonly degreesOfFreedom?: number;
  /** Of a model that is not compute-optimal: loss above the optimum of its compute, */
  readonly excessLoss?: number;
  /** compute that an optimal one needs for the same loss, */
  readonly sufficient?: number;
  /** and what was spent beyond that, as a share of it. */
  readonly deadweight?: number;
}

/** One question to a fit and its answers, by C, N, D and loss, or x and y; "loss" is the quantity that was fitted. */
export interface FitPrediction<Given extends string = string, Asked extends string = string> {
  readonly record: "prediction";
  /** What the loss is: `loss`, or the metric that was fitted in its place. Absent for a law of x and y. */
  readonly quantity?: string;
  readonly given: { readonly [name in Given]: number };
  readonly predicted: { readonly [name in Asked]: Predicted };
  readonly notes: PredictionNotes;
}
