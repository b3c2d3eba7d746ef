import type { IsoFlop } from "@isoflop/scaling";
import type { SweepRun } from "@isoflop/sweep";
import { round } from "../words/numbers.js";
import type { MethodAnswer, StudyMethods, Testable } from "./methods.js";
import type { HeldOutBudget } from "./plan.js";

/** What was said of a model at a held-out budget, and the run that will test it. */
export interface HeldOutPlan {
  /** What the study says of its loss: that of the first of the methods. */
  readonly prediction: Testable;
  /** What every method says that can. */
  readonly answers: readonly MethodAnswer[];
  readonly run: SweepRun;
}

/** What is said of the models that test a budget, of a quantity of which nothing decides which models these are; none where nothing can be said. */
export const answersTo = (methods: StudyMethods, plans: readonly HeldOutPlan[]): readonly HeldOutPlan[] =>
  plans.flatMap(({ run }) => {
    const answers = methods.answers(run.budget, { N: run.paramsNonEmbedding, D: run.tokens });
    const [headline] = answers;
    return headline ? [{ run, answers, prediction: headline.prediction }] : [];
  });

/**
 * What is said of a held-out budget, size by size, and the runs that test it; or why nothing can be said. Sizes are trained about the
 * optimum of the method that speaks for the study.
 */
export const heldOutOf = (
  methods: StudyMethods,
  laws: IsoFlop,
  { budget, runs }: HeldOutBudget,
): readonly HeldOutPlan[] | string => {
  const optimum = methods.best(budget);
  if (!optimum) return refusal(laws);
  const plans: HeldOutPlan[] = [];
  for (const run of runs(optimum.value)) {
    const answers = methods.answers(budget, { N: run.paramsNonEmbedding, D: run.tokens });
    const [headline] = answers;
    if (!headline) return refusal(laws);
    const { prediction } = headline;
    const [low, high] = prediction.predicted.loss.interval95;
    if (!(low > 0))
      return `the fitted budgets do not determine the loss at ${round(budget)} FLOPs: its 95 % interval runs from ${low.toPrecision(3)} to ${high.toPrecision(3)}; use larger or more budgets`;
    plans.push({ run, prediction, answers });
  }
  return plans;
};

const refusal = ({ N, D, loss, dropped }: IsoFlop): string => {
  const refused = [N, D, loss].find((law) => !law.ok);
  const budgets = dropped.map(({ message }) => message).join("; ");
  return `no law can be fitted: ${refused && !refused.ok ? refused.message : "no budget has runs"}${budgets ? ` (${budgets})` : ""}`;
};
