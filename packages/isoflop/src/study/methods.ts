import type { HeldOutMethod } from "@isoflop/plot";
import {
  type FitPrediction,
  type Flops,
  type IsoFlop,
  type Measurement,
  type Outcome,
  type Parameters,
  type Predicted,
  predictIsoFlop,
  predictRollOut,
  predictSurface,
  type Run,
  rollOutAsync,
  surfaceAsync,
} from "@isoflop/scaling";
import type { DoneRun } from "../runs/point.js";
import { pointsOf } from "../runs/point.js";
import type { OnProgress } from "../words/progress.js";

/** How a budget that was not trained can be foreseen, as `predict --method` names it. */
export type StudyMethod = "rollout" | "isoflop" | "surface";

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

/** A budget, the size that is trained there, and what stops the fits. */
export interface Asked {
  readonly C: Flops;
  readonly N: Parameters;
  readonly signal?: AbortSignal | undefined;
  /** Told how far the fits have come. */
  readonly onStage?: OnProgress | undefined;
}

/**
 * What the roll-out of forms of surface, Approach 2 and one surface fitted to the same runs say of a budget. The first speaks for the
 * study: the roll-out, where runs could be held out from it; Approach 2 where they are too few.
 */
export const answersTo = async (
  { C, N, ...how }: Asked,
  fitted: readonly DoneRun[],
  laws: IsoFlop,
): Promise<MethodAnswer[]> => {
  const runs = pointsOf(fitted);
  const answers = [await byRollOut(runs, C, N, how), byIsoFlop(laws, C, N), await bySurface(runs, C, N, how)];
  return answers.filter((answer) => answer !== undefined);
};

type Fitting = Pick<Asked, "signal" | "onStage">;

const byRollOut = async (
  runs: readonly Run[],
  C: Flops,
  N: Parameters,
  { signal, onStage }: Fitting,
): Promise<MethodAnswer | undefined> => {
  const onProgress = (done: number, of: number) => onStage?.(done, of, "roll-out");
  const fit = await rollOutAsync(runs, { signal, onProgress });
  if (!fit.ok || fit.status !== "converged") return undefined;
  return answer("rollout", predictRollOut(fit, { C }), predictRollOut(fit, modelOf(fit, C, N)));
};

const byIsoFlop = (laws: IsoFlop, C: Flops, N: Parameters): MethodAnswer | undefined =>
  answer("isoflop", predictIsoFlop(laws, C), predictIsoFlop(laws, C, { N }));

const bySurface = async (
  runs: readonly Run[],
  C: Flops,
  N: Parameters,
  { signal, onStage }: Fitting,
): Promise<MethodAnswer | undefined> => {
  const onProgress = (done: number, of: number) => onStage?.(done, of, "surface");
  const fit = await surfaceAsync(runs, { signal, onProgress });
  if (!fit.ok) return undefined;
  return answer("surface", predictSurface(fit, { C }), predictSurface(fit, modelOf(fit, C, N)));
};

const modelOf = ({ flopsPerToken }: { readonly flopsPerToken: number }, C: Flops, N: Parameters) => ({
  N,
  D: C / (flopsPerToken * N),
});

/** Of the optimum of a compute the size, of the trained size the loss; undefined where one of them is not told with its interval. */
const answer = (
  method: StudyMethod,
  best: Outcome<FitPrediction<"C", "N">>,
  trained: Outcome<FitPrediction<"C", "loss">>,
): MethodAnswer | undefined => {
  if (!best.ok || !trained.ok) return undefined;
  const { ok: _, ...prediction } = trained;
  return isTestable(prediction) ? { method, N: best.predicted.N, prediction } : undefined;
};

const isTestable = (prediction: FitPrediction<"C", "loss">): prediction is Testable =>
  prediction.predicted.loss.interval95 !== undefined;

/** As a study's documents have it. */
export const methodsOf = (answers: readonly MethodAnswer[]): HeldOutMethod[] =>
  answers.map(({ method, N, prediction }) => ({ method, N, loss: prediction.predicted.loss }));
