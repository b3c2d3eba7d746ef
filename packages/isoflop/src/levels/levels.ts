import type { Prediction } from "@isoflop/diffusion";
import { type LevelsOptions, type NoiseLevels, noiseLevelsAsync, type RefusalReason } from "@isoflop/scaling";
import type { KindSpec } from "@isoflop/spec";
import { unsound } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { UsedPoints } from "../fit/saved.js";
import { versions } from "../versions.js";
import { progress } from "../words/progress.js";
import { nameOf, weightOf } from "./objective.js";
import { type LevelsInput, loadLevels } from "./read.js";

export interface LevelsAsked {
  readonly form: string;
  readonly law?: string;
  readonly objective?: string;
  /** How the runs were trained, and what else is asked. */
  readonly trainedDensity: KindSpec;
  readonly trainedWeighting: KindSpec;
  readonly density?: KindSpec;
  readonly weighting?: KindSpec;
  readonly path: string;
  readonly errorIn: Prediction;
  readonly at?: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

export interface LevelsDocument {
  readonly command: "levels";
  readonly ok: boolean;
  /** `converged`, or why a level or the sums may not be quoted. */
  readonly status: "converged" | RefusalReason;
  readonly message?: string;
  readonly points: UsedPoints;
  readonly input: InputFile;
  readonly versions: Readonly<Record<string, string>>;
  readonly path: string;
  readonly errorIn: Prediction;
  readonly levels: NoiseLevels;
}

/** Laws by noise level, of the loss of training, and of the one that is asked. */
export const levelsFrom = async (input: LevelsInput, asked: LevelsAsked): Promise<LevelsDocument> => {
  const { trainedDensity, trainedWeighting, path, errorIn, form, law, objective, at, bootstrap, seed } = asked;
  const { table, points, origin } = loadLevels(input);
  const space = { path, space: errorIn };
  const trained = { density: trainedDensity, weighting: trainedWeighting };
  const other = { density: asked.density ?? trainedDensity, weighting: asked.weighting ?? trainedWeighting };
  const sums: LevelsOptions["sums"] = {
    [nameOf(trained)]: weightOf(trained, space),
    ...((asked.density || asked.weighting) && { [nameOf(other)]: weightOf(other, space) }),
  };
  const { onProgress, end } = progress("bootstrap");
  const outcome = await noiseLevelsAsync(table, {
    ...{ form, law, objective, sums, seed, onProgress },
    flopsPerToken: input.flopsPerToken,
    computes: at,
    resamples: bootstrap,
  });
  end();
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { ok: _, ...levels } = outcome;
  return {
    command: "levels",
    ok: levels.sums.ok,
    ...judged(levels),
    points,
    input: origin,
    versions: versions("@isoflop/scaling", "@isoflop/diffusion"),
    path,
    errorIn,
    levels,
  };
};

/** Of the sums, or else of the first level that is not sound; a floor that is nothing at one level is no fault of a sum. */
const judged = ({ levels, sums }: NoiseLevels): Pick<LevelsDocument, "status" | "message"> => {
  if (!sums.ok) return { status: sums.reason, message: sums.message };
  for (const { t, fit } of levels) {
    if (!fit.ok || fit.status === "converged" || fit.status === "bound") continue;
    return {
      status: fit.status as LevelsDocument["status"],
      message: `at t = ${t}: ${fit.message ?? "the fit is not sound"}`,
    };
  }
  return { status: "converged" };
};
