import type { Run } from "@isoflop/scaling";
import type { RunRecord } from "@isoflop/sweep";

export type DoneRun = Extract<RunRecord, { readonly state: "done" }>;

/** Which parameters N counts: those that take part in products, or all that are trained, tables of words and positions too. */
export type CountedParameters = "nonEmbedding" | "trainable";

/** A run as a point of a law: C is its budget, D its image tokens, sigma the standard error of its loss. */
export const pointOf = ({ id, spec, result }: DoneRun, counted: CountedParameters = "nonEmbedding"): Run => ({
  C: spec.budget,
  N: counted === "nonEmbedding" ? result.paramsNonEmbedding : result.params,
  D: result.tokens,
  loss: result.loss,
  ...(Number.isFinite(result.lossStdErr) && { sigma: result.lossStdErr }),
  seed: spec.seed,
  label: id,
});

/** Runs as points, by budget and size: sums over them have the same last digit wherever the runs were found. */
export const pointsOf = (runs: readonly DoneRun[], counted?: CountedParameters): Run[] =>
  runs.map((run) => pointOf(run, counted)).sort((a, b) => a.C - b.C || a.N - b.N || a.loss - b.loss);
