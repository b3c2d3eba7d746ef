import { type NoiseLevels, noiseLevelsAsync, type RefusalReason } from "@isoflop/scaling";
import { unsound } from "../exit.js";
import type { InputFile } from "../files/read.js";
import { statusOf } from "../files/status.js";
import type { UsedPoints } from "../fit/saved.js";
import { versions } from "../versions.js";
import { progress } from "../words/progress.js";
import type { LevelsAbout, LoadedLevels } from "./loaded.js";
import { type LevelsInput, loadLevels, type Reweighting, type TrainedAsked } from "./read.js";

export interface LevelsAsked extends Reweighting, TrainedAsked {
  readonly form: string;
  readonly law?: string;
  readonly objective?: string;
  /** Parts of the clock that runs of a folder are told in. */
  readonly bins?: number;
  readonly at?: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

export interface LevelsDocument extends LevelsAbout {
  readonly command: "levels";
  readonly ok: boolean;
  /** `converged`, or why a level or the sums may not be quoted. */
  readonly status: "converged" | RefusalReason;
  readonly message?: string;
  readonly points: UsedPoints;
  readonly input: InputFile;
  readonly versions: Readonly<Record<string, string>>;
  readonly levels: NoiseLevels;
}

/** @throws CliError for what cannot be read, and for options of the other kind of input */
const loaded = async (input: LevelsInput, asked: LevelsAsked): Promise<LoadedLevels> => {
  if (input.input === "-" || !statusOf(input.input)?.isDirectory()) return loadLevels(input, asked);
  return (await import("./runs.js")).loadRunLevels(input, asked);
};

/** Laws by noise level, of the loss of training, and of the one that is asked. */
export const levelsFrom = async (input: LevelsInput, asked: LevelsAsked): Promise<LevelsDocument> => {
  const { form, law, objective, at, bootstrap, seed } = asked;
  const { table, points, origin, sums, about } = await loaded(input, asked);
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
    ...about,
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
