import type { HeldOutMethod } from "@isoflop/plot";
import {
  type FitPrediction,
  type Flops,
  type IsoFlop,
  type JointFit,
  jointFitAsync,
  type MeasuredFloor,
  type Measurement,
  type ModelAndData,
  type Outcome,
  type Predicted,
  predictIsoFlop,
  predictJoint,
  predictRollOut,
  predictSurface,
  type RollOut,
  type Run,
  rollOutAsync,
  type SurfaceAnswer,
  type SurfaceQuestion,
  surfaceAsync,
} from "@isoflop/scaling";
import type { OnProgress } from "../words/progress.js";
import { LOSS } from "../words/quantity.js";

/** How a budget that was not trained can be foreseen, as `predict --method` names it. */
export type StudyMethod = HeldOutMethod["method"];

/** A loss, and where the run that tests it should fall. */
export interface Testable extends FitPrediction<"C", "loss"> {
  readonly predicted: { readonly loss: Predicted & Pick<Measurement, "interval95"> };
}

/** What one method says of a budget. */
export interface MethodAnswer {
  readonly method: StudyMethod;
  /** Size that it holds for the best there. */
  readonly N: Predicted;
  /** Of the size that is trained. */
  readonly prediction: Testable;
}

/** What bounds the fits and stops them, and is told how far they have come. */
export interface Fitting {
  /** Below which no loss can be, where it is known: the Bayes loss. */
  readonly floor?: MeasuredFloor | undefined;
  /** What the runs' loss is. Default `loss`. */
  readonly quantity?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStage?: OnProgress | undefined;
}

/** The methods that foresee a study's budgets, fitted to its runs. */
export interface StudyMethods {
  /** The mixture that speaks for the study, where there is one. */
  readonly rollOut?: RollOut | undefined;
  /** All isoFLOP curves in one fit, where there are enough of them. */
  readonly joint?: JointFit | undefined;
  /** The size that the first of the methods holds for the best at a budget; undefined where none has one. */
  best(C: Flops): Predicted | undefined;
  /** What each of them says of a model that is trained with a budget, that of the study first. */
  answers(C: Flops, model: ModelAndData): readonly MethodAnswer[];
}

/**
 * The roll-out of forms of surface, the joint fit of all isoFLOP curves, Approach 2 and one surface fitted to the same runs. The first that
 * can speaks for the study: the roll-out, where runs could be held out from it; else the joint fit; Approach 2 where they are too few.
 * @param runs with the quantity in the place of their loss
 */
export const studyMethods = async (
  runs: readonly Run[],
  laws: IsoFlop,
  { floor: known, quantity = LOSS, signal, onStage }: Fitting,
): Promise<StudyMethods> => {
  // Records of fits hold of a floor what bounds them, and nothing else that is known of it.
  const floor = known && { value: known.value, standardError: known.standardError };
  const how = (stage: string) => ({
    ...{ signal, quantity },
    onProgress: (done: number, of: number) =>
      onStage?.(done, of, quantity === LOSS ? stage : `${stage} of ${quantity}`),
  });
  const rolled = await rollOutAsync(runs, { ...how("roll-out"), floor });
  const jointly = await jointFitAsync(runs, { ...how("joint fit"), floor });
  const surface = await surfaceAsync(runs, how("surface"));
  const rollOut = rolled.ok && rolled.status === "converged" ? rolled : undefined;
  const joint = jointly.ok && jointly.status === "converged" ? jointly : undefined;
  const methods: readonly Method[] = [
    ...(rollOut ? [ofSurface("rollout", rollOut, predictRollOut)] : []),
    ...(joint ? [ofSurface("joint", joint, predictJoint)] : []),
    {
      method: "isoflop",
      optimum: (C) => predictIsoFlop(laws, C),
      trained: (C, { N }) => predictIsoFlop(laws, C, { N }),
    },
    ...(surface.ok ? [ofSurface("surface", surface, predictSurface)] : []),
  ];
  return {
    ...{ rollOut, joint },
    best(C) {
      const known = methods.map(({ optimum }) => optimum(C)).find(({ ok }) => ok);
      return known?.ok ? known.predicted.N : undefined;
    },
    answers: (C, model) => methods.flatMap((method) => answer(method, C, model) ?? []),
  };
};

interface Method {
  readonly method: StudyMethod;
  optimum(C: Flops): Outcome<FitPrediction<"C", "N">>;
  trained(C: Flops, model: ModelAndData): Outcome<FitPrediction<"C", "loss">>;
}

type Predict<F> = <Q extends SurfaceQuestion>(fit: F, asked: Q) => Outcome<SurfaceAnswer<Q>>;

/** A model's own tokens, as C / (k·N) with one k for all sizes is off by what sizes differ in. */
const ofSurface = <F>(method: StudyMethod, fit: F, predict: Predict<F>): Method => ({
  method,
  optimum: (C) => predict(fit, { C }),
  trained: (_, model) => predict(fit, model),
});

/** Of the optimum of a compute the size, of the trained size the loss; undefined where one of them is not told with its interval. */
const answer = ({ method, optimum, trained }: Method, C: Flops, model: ModelAndData): MethodAnswer | undefined => {
  const [best, one] = [optimum(C), trained(C, model)];
  if (!best.ok || !one.ok) return undefined;
  const { ok: _, ...said } = one;
  // The budget, where a surface says k·N·D.
  const prediction = { ...said, given: { ...said.given, C } };
  return isTestable(prediction) ? { method, N: best.predicted.N, prediction } : undefined;
};

const isTestable = (prediction: FitPrediction<"C", "loss">): prediction is Testable =>
  prediction.predicted.loss.interval95 !== undefined;

/** As a study's documents have it. */
export const methodsOf = (answers: readonly MethodAnswer[]): HeldOutMethod[] =>
  answers.map(({ method, N, prediction }) => ({ method, N, loss: prediction.predicted.loss }));
