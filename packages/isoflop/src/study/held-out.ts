import { type IsoFlop, predictIsoFlop } from "@isoflop/scaling";
import type { SweepRun } from "@isoflop/sweep";
import type { DoneRun } from "../runs/point.js";
import { round } from "../words/numbers.js";
import { type Asked, answersTo, type MethodAnswer, type Testable } from "./methods.js";
import type { HeldOutBudget } from "./plan.js";

/** A held-out budget's prediction and the run that will test it. */
export interface HeldOutPlan {
  /** What the study says of the loss: that of the first of the methods. */
  readonly prediction: Testable;
  /** What every method says that can. */
  readonly answers: readonly MethodAnswer[];
  readonly run: SweepRun;
}

/**
 * What is said of a held-out budget, and the run that tests it; or why nothing can be said. The size that is trained is the optimum of
 * the laws, which is what the paper extrapolates; its loss is foreseen by the roll-out.
 */
export const heldOutOf = async (
  fitted: readonly DoneRun[],
  laws: IsoFlop,
  heldOut: HeldOutBudget,
  { signal, onStage }: Pick<Asked, "signal" | "onStage">,
): Promise<HeldOutPlan | string> => {
  const { budget } = heldOut;
  const optimum = predictIsoFlop(laws, budget);
  if (!optimum.ok) return refusal(laws);
  const run = heldOut.run(optimum.predicted.N.value);
  const answers = await answersTo({ C: budget, N: run.paramsNonEmbedding, signal, onStage }, fitted, laws);
  const [headline] = answers;
  if (!headline) return refusal(laws);
  const { prediction } = headline;
  const [low, high] = prediction.predicted.loss.interval95;
  if (low > 0) return { run, prediction, answers };
  return `the fitted budgets do not determine the loss at ${round(budget)} FLOPs: its 95 % interval runs from ${low.toPrecision(3)} to ${high.toPrecision(3)}; use larger or more budgets`;
};

const refusal = ({ N, D, loss, dropped }: IsoFlop): string => {
  const refused = [N, D, loss].find((law) => !law.ok);
  const budgets = dropped.map(({ message }) => message).join("; ");
  return `no law can be fitted: ${refused && !refused.ok ? refused.message : "no budget has runs"}${budgets ? ` (${budgets})` : ""}`;
};
