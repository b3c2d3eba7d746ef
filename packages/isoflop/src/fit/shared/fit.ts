import { type Run, type SharedFit, sharedSurface } from "@isoflop/scaling";
import { inputError, usageError } from "../../exit.js";
import { shown } from "../../files/read.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { LOSS } from "../../words/quantity.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";

export interface SharedAsked {
  readonly quantity?: string | undefined;
  readonly form?: string;
  readonly share?: readonly string[];
}

/** Runs by their label, in the order in which the labels come. */
export const byLabel = (runs: readonly Run[]): { readonly name: string; readonly runs: readonly Run[] }[] =>
  [...new Set(runs.map(({ label = "" }) => label))].map((name) => ({
    name,
    runs: runs.filter(({ label = "" }) => label === name),
  }));

/** @throws CliError `input` where there are not several studies */
export const sharedThrough = (all: LoadedRuns, { quantity = LOSS, form, share }: SharedAsked): SavedFit<SharedFit> => {
  const loaded = ofQuantity(all, quantity);
  const studies = byLabel(loaded.runs);
  if (studies.length < 2)
    throw inputError(
      `${shown(loaded.origin.file)}: all rows are of one study; name the column that tells them apart with --group-by`,
    );
  const outcome = sharedSurface(studies, { form, share, quantity });
  return saved("shared", outcome, { points: pointsOf(loaded), input: loaded.origin });
};

/** The study that is asked. @throws CliError `usage` naming those there are */
export const studyOf = ({ studies }: SharedFit, asked: string | undefined) => {
  const found = studies.find(({ name }) => name === asked);
  if (found) return found;
  const names = studies.map(({ name }) => name).join(", ");
  throw usageError(
    asked === undefined
      ? `which study? --study is one of ${names}`
      : `there is no study "${asked}"; expected one of ${names}`,
  );
};
