import { positive, record, text } from "@isoflop/spec";
import * as v from "valibot";
import { anyNumber, each, head, interval, predicted, type Read, spread } from "./records/fields.js";
import type { Predicted } from "./types.js";

const family = record({
  value: anyNumber,
  interval95: interval,
  /** From the best likelihood of each family, adding up to one; a third each when the data cannot tell. */
  weight: spread,
});

const notes = record({
  /** How far C lies beyond the largest fitted budget, as a factor. */
  extrapolation: v.exactOptional(positive),
  /** The loss by each family of laws, with the family's weight: their distance is the model uncertainty. */
  families: v.exactOptional(
    record({
      /** A C^−α, straight in log-log. */
      power: v.exactOptional(family),
      /** E + A C^−α with E > 0, flattening. */
      floor: v.exactOptional(family),
      /** E < 0, steepening, up to a loss that falls with the logarithm of C; what small budgets show before the power law sets in. */
      accelerating: v.exactOptional(family),
    }),
  ),
  /** The answer of each form of surface in a mixture, with its weight: their distance is the uncertainty of the form. */
  forms: v.exactOptional(each(family)),
  /** What each of two joint fits says, with all budgets and without the smallest; the wider is the answer. */
  parts: v.exactOptional(each(record({ value: anyNumber, interval95: interval }))),
  /** By how much standard errors were widened, as roll-outs were missed; absent where they were not. */
  widened: v.exactOptional(spread),
  /** Standard deviation of one run's loss as used. */
  noiseStandardDeviation: v.exactOptional(spread),
  degreesOfFreedom: v.exactOptional(spread),
  /** Where the bias of Approach 2 was taken out: by what share each law as it was fitted is off at this compute. */
  bias: v.exactOptional(record({ N: anyNumber, D: anyNumber, loss: anyNumber })),
  /** How far the loss lies outside those that the link was fitted to, as a share of their range. */
  beyondLink: v.exactOptional(spread),
  /** Of a model that is not compute-optimal: loss above the optimum of its compute, */
  excessLoss: v.exactOptional(anyNumber),
  /** compute that an optimal one needs for the same loss, */
  sufficient: v.exactOptional(spread),
  /** and what was spent beyond that, as a share of it. */
  deadweight: v.exactOptional(anyNumber),
});

export const predictionSchema = record({
  ...head("prediction"),
  /** What the loss is: `loss`, or the metric that was fitted in its place. Absent for a law of x and y. */
  quantity: v.exactOptional(text),
  given: each(positive),
  predicted: each(predicted),
  notes,
});

/** What else there is to say of a prediction. */
export interface PredictionNotes extends Read<typeof notes> {}
export interface FamilyPrediction extends Read<typeof family> {}

/** One question to a fit and its answers, by C, N, D and loss, or x and y; "loss" is the quantity that was fitted. */
export interface FitPrediction<Given extends string = string, Asked extends string = string>
  extends Read<typeof predictionSchema> {
  readonly given: { readonly [name in Given]: number };
  readonly predicted: { readonly [name in Asked]: Predicted };
}
