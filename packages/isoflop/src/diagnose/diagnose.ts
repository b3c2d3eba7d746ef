import {
  type Diagnosis,
  diagnose,
  type Outcome,
  type ResidualStructure,
  type Run,
  type SeedNoise,
  type SurfaceFit,
  seedNoise,
  structure,
} from "@isoflop/scaling";
import { unsound, usageError } from "../exit.js";
import type { InputFile } from "../files/read.js";
import type { FitHead } from "../fit/saved.js";
import { type FitSource, sourceFrom } from "../fit/source.js";
import { checkInputs } from "../options/input-options.js";
import { type LoadedRuns, ofQuantity } from "../runs/load.js";
import { versions } from "../versions.js";

export interface DiagnosisAsked {
  readonly size?: number;
  readonly tokens?: number;
  readonly range?: readonly [number, number];
  readonly points?: number;
}

export interface DiagnosisDocument extends Pick<FitHead, "versions" | "status" | "message"> {
  readonly command: "diagnose";
  readonly diagnosis: Diagnosis;
  /** Whether the residuals follow size, tokens or compute; absent where there are no runs to ask. */
  readonly structure?: Outcome<ResidualStructure>;
  /** How much runs of one size and tokens differ by their seeds; absent where there are none. */
  readonly seedNoise?: SeedNoise;
  readonly fit: { readonly input: InputFile };
}

/**
 * @param inputs what else the form depends on
 * @throws CliError `usage` where no model is named, or the fit is no surface; `unsound` where it says nothing of the model
 */
export const diagnosisFrom = async (
  file: string | undefined,
  { size, tokens, range, points, ...source }: Omit<FitSource, "method"> & DiagnosisAsked,
  inputs?: Readonly<Record<string, number>>,
): Promise<DiagnosisDocument> => {
  if ((size === undefined) !== (tokens === undefined)) throw usageError("--size and --tokens go together");
  const { saved, loaded } = await sourceFrom(file, source);
  const { command, fit, ok, status, message, input } = saved;
  if (command !== "fit surface") throw usageError(`a ${command} cannot be diagnosed; expected a fit surface`);
  if (!ok || fit?.record !== "surface") throw unsound(`${status}: ${message ?? "the fit was refused"}`);
  checkInputs(fit.form, inputs);
  const runs = loaded && runsOf(loaded, fit);
  const model =
    size !== undefined && tokens !== undefined
      ? { N: size, D: tokens, ...(inputs && { inputs }) }
      : runs && furthest(runs);
  if (!model) throw usageError("a model is needed: --size N --tokens D");
  const outcome = diagnose(fit, model, { range, points });
  if (!outcome.ok) throw unsound(`${outcome.reason}: ${outcome.message}`);
  const { ok: _, ...diagnosis } = outcome;
  // Rows that name no seed may differ in anything.
  const noise = runs && seedNoise(runs.filter(({ seed }) => seed !== undefined));
  return {
    command: "diagnose",
    status,
    ...(message !== undefined && { message }),
    diagnosis,
    ...(runs && { structure: structure(runs, fit) }),
    ...(noise?.ok && { seedNoise: noise }),
    fit: { input },
    versions: versions("@isoflop/scaling"),
  };
};

const runsOf = (loaded: LoadedRuns, { quantity }: SurfaceFit): readonly Run[] => ofQuantity(loaded, quantity).runs;

/** The run of most compute; of several the one of least loss. */
const furthest = (runs: readonly Run[]): Run =>
  runs.reduce((best, run) => (run.C > best.C || (run.C === best.C && run.loss < best.loss) ? run : best));
