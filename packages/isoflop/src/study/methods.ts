import type { HeldOutMethod } from "@isoflop/plot";
import {
  type FitPrediction,
  type Flops,
  type IsoFlop,
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

/** How a budget that was not trained can be foreseen, as `predict --method` names it. */
export type StudyMethod = "rollout" | "isoflop" | "surface";

/** What one method says of a budget. */
export interface MethodAnswer {
  readonly method: StudyMethod;
  /** Size that it holds for the best there. */
  readonly N: Predicted;
  /** Of the size that is trained. */
  readonly prediction: FitPrediction<"C", "loss">;
}

/** A budget, the size that is trained there, and what stops the fits. */
export interface Asked {
  readonly C: Flops;
  readonly N: Parameters;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the roll-out of forms of surface, Approach 2 and one surface fitted to the same runs say of a budget. The first speaks for the
 * study: the roll-out, where runs could be held out from it; Approach 2 where they are too few.
 */
export const answersTo = async (
  { C, N, signal }: Asked,
  fitted: readonly DoneRun[],
  laws: IsoFlop,
): Promise<MethodAnswer[]> => {
  const runs = pointsOf(fitted);
  const answers = [await byRollOut(runs, C, N, signal), byIsoFlop(laws, C, N), await bySurface(runs, C, N, signal)];
  return answers.filter((answer) => answer !== undefined);
};

const byRollOut = async (
  runs: readonly Run[],
  C: Flops,
  N: Parameters,
  signal: AbortSignal | undefined,
): Promise<MethodAnswer | undefined> => {
  const fit = await rollOutAsync(runs, { signal });
  if (!fit.ok || fit.status !== "converged") return undefined;
  const best = predictRollOut(fit, { C });
  const trained = predictRollOut(fit, { N, D: C / (fit.flopsPerToken * N) });
  return best.ok && trained.ok ? { method: "rollout", N: best.predicted.N, prediction: record(trained) } : undefined;
};

const byIsoFlop = (laws: IsoFlop, C: Flops, N: Parameters): MethodAnswer | undefined => {
  const trained = predictIsoFlop(laws, C, { N });
  return trained.ok ? { method: "isoflop", N: trained.predicted.N, prediction: record(trained) } : undefined;
};

const bySurface = async (
  runs: readonly Run[],
  C: Flops,
  N: Parameters,
  signal: AbortSignal | undefined,
): Promise<MethodAnswer | undefined> => {
  const fit = await surfaceAsync(runs, { signal });
  if (!fit.ok) return undefined;
  const best = predictSurface(fit, { C });
  const trained = predictSurface(fit, { N, D: C / (fit.flopsPerToken * N) });
  return best.ok && trained.ok ? { method: "surface", N: best.predicted.N, prediction: record(trained) } : undefined;
};

/** A record, without the mark of an outcome. */
const record = <P extends FitPrediction>({ ok: _, ...prediction }: P & { readonly ok: true }): Omit<P, "ok"> =>
  prediction;

/** As a study's documents have it. */
export const methodsOf = (answers: readonly MethodAnswer[]): HeldOutMethod[] =>
  answers.map(({ method, N, prediction }) => ({ method, N, loss: prediction.predicted.loss }));
