import { badOption } from "../errors.js";
import type { FitPrediction } from "../prediction.js";
import type { Flops, Loss, Outcome } from "../types.js";
import type { SurfaceAnswer, SurfaceQuestion } from "./predict.js";
import type { ModelAndData } from "./surface.js";

/** What answers each of the three questions. */
export interface Answers {
  /** The best model of a compute. */
  optimum(C: Flops): Outcome<FitPrediction>;
  /** The least compute that reaches a loss. */
  leastCompute(loss: Loss): Outcome<FitPrediction>;
  lossOf(model: ModelAndData): Outcome<FitPrediction>;
}

/** The answer to a question of several surfaces. @throws ScalingError `bad-option` for a compute, a size or a loss that is not positive */
export const answered = <Q extends SurfaceQuestion>(question: Q, answers: Answers): Outcome<SurfaceAnswer<Q>> => {
  const asked: SurfaceQuestion = question;
  for (const [name, value] of Object.entries(asked))
    if (typeof value === "number" && !(value > 0 && Number.isFinite(value)))
      throw badOption(name, value, "a positive number");
  const answer =
    "C" in asked
      ? answers.optimum(asked.C)
      : "loss" in asked
        ? answers.leastCompute(asked.loss)
        : answers.lossOf(asked);
  return answer as Outcome<SurfaceAnswer<Q>>;
};
