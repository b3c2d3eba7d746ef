import { type SharedFit, sharedSurface } from "@isoflop/scaling";
import { inputError } from "../../exit.js";
import { shown } from "../../files/read.js";
import { type LoadedRuns, ofQuantity } from "../../runs/load.js";
import { LOSS } from "../../words/quantity.js";
import { pointsOf, type SavedFit, saved } from "../saved.js";
import { byLabel } from "./studies.js";

export interface SharedAsked {
  readonly quantity?: string | undefined;
  readonly form?: string;
  readonly share?: readonly string[];
}

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
