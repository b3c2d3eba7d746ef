import {
  bootstrapSurfaceAsync,
  type ClusterBy,
  clusterOf,
  type Executor,
  type IntervalKind,
  type Run,
  refuse,
  type SurfaceFit,
  type SurfaceObjective,
  sigmaWeight,
  surfaceAsync,
  surfaceObjectives,
} from "@isoflop/scaling";
import { threadExecutor } from "@isoflop/scaling/node";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { progress } from "../../words/progress.js";
import { LOSS } from "../../words/quantity.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";

/** Names of the literature for objectives. */
const synonyms: Readonly<Record<string, string>> = { "log-mse": "log-squares", mse: "squares", varpro: "squares" };

export const objectiveNames = [...surfaceObjectives.names, ...Object.keys(synonyms)];

const widthNote = ({ width }: SurfaceObjective): string => {
  if (!width) return "";
  const { meaning, fallback } = width;
  return `; --delta: ${meaning} (default: ${typeof fallback === "number" ? fallback : "that of the bulk of the residuals"})`;
};

/** A line for each objective. */
export const objectivesHelp = [...surfaceObjectives]
  .map((objective) => {
    const also = Object.keys(synonyms).filter((name) => synonyms[name] === objective.name);
    const names = [objective.name, ...also].join(", ");
    return `  ${names.padEnd(22)} ${objective.meaning}${widthNote(objective)}`;
  })
  .join("\n");

export interface SurfaceAsked {
  readonly quantity?: string | undefined;
  readonly form?: string;
  readonly objective?: string;
  readonly delta?: number;
  readonly starts?: string;
  readonly bootstrap?: number;
  readonly strata?: "none" | "budget";
  /** What runs are drawn together by. */
  readonly cluster?: ClusterBy | "none";
  readonly interval?: IntervalKind;
  readonly seed?: number;
  readonly threads?: number;
  readonly biasAt?: number;
  readonly weights?: "alike" | "sigma";
}

/** Fewer resamples than this are done before threads have started; a grid of starts has more. */
const WORTH_THREADS = 100;

/** One surface through all runs. */
export const surfaceThrough = async (all: LoadedRuns, asked: SurfaceAsked = {}): Promise<SavedFit<SurfaceFit>> => {
  const { bootstrap = 0, starts = "auto", quantity = LOSS } = asked;
  if (all.runs.length === 0) {
    const none = refuse("too-few-points", "there is no row that can be used");
    return saved<SurfaceFit>("surface", none, { points: pointsOf(all), input: all.origin });
  }
  const loaded = ofQuantity(all, quantity);
  const threads = bootstrap >= WORTH_THREADS || starts !== "auto";
  await using executor = threads ? threadExecutor(asked.threads ? { threads: asked.threads } : {}) : undefined;
  const outcome = await fitted(loaded.runs, asked, quantity, executor);
  const whole =
    outcome.ok && bootstrap > 0
      ? { ...outcome, bootstrap: await resampled(outcome, loaded.runs, asked, bootstrap, executor) }
      : outcome;
  return saved("surface", whole, { points: pointsOf(loaded), input: loaded.origin });
};

const fitted = async (runs: readonly Run[], asked: SurfaceAsked, quantity: string, executor: Executor | undefined) => {
  const { onProgress, end } = progress("fit");
  const { form, objective, delta, starts, biasAt, weights } = asked;
  const outcome = await surfaceAsync(runs, {
    ...{ quantity, form, width: delta, starts, biasAt, executor, onProgress },
    weight: weights === "sigma" ? sigmaWeight(runs) : undefined,
    objective: objective && (synonyms[objective] ?? objective),
  });
  end();
  return outcome;
};

const resampled = async (
  fit: SurfaceFit,
  runs: readonly Run[],
  { seed = 0, strata, cluster: by = "none", interval, weights }: SurfaceAsked,
  resamples: number,
  executor: Executor | undefined,
) => {
  const { onProgress, end } = progress("bootstrap");
  const outcome = await bootstrapSurfaceAsync(fit, runs, {
    ...{ resamples, seed, strata, interval, executor, onProgress },
    cluster: by === "none" ? undefined : clusterOf(runs, by),
    weight: weights === "sigma" ? sigmaWeight(runs) : undefined,
  });
  end();
  return outcome;
};
