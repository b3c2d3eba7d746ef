import type { RefusalReason } from "@isoflop/scaling";
import { inputError, unsound } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import type { Dropped, LoadedRuns } from "../runs/load.js";
import { fromJson } from "../words/json.js";
import type { IsoFlopDocument } from "./isoflop/fit.js";
import type { LawDocument } from "./law/fit.js";
import { Flaw } from "./shape.js";
import type { SurfaceDocument } from "./surface/fit.js";
import { wholeFits } from "./whole.js";

/** What every fit says of itself, first in its JSON. */
export interface FitHead<Command extends string> {
  readonly command: Command;
  readonly versions: Readonly<Record<string, string>>;
  readonly input: InputFile;
  readonly points: Points;
  /** `converged`, or why the numbers may not be quoted without a caveat, or why there are none. */
  readonly status: "converged" | "bound" | RefusalReason;
  /** False when there is nothing to predict with. */
  readonly ok: boolean;
  readonly message?: string | undefined;
}

export interface Points {
  readonly used: number;
  readonly dropped: readonly Dropped[];
  /** Rows that `--only` left out. */
  readonly otherLabels?: number;
}

export type FitDocument = IsoFlopDocument | SurfaceDocument | LawDocument;

export const pointsOf = ({ runs, dropped, otherLabels }: LoadedRuns, refused: readonly Dropped[] = []): Points => ({
  used: runs.length - refused.length,
  dropped: [...dropped, ...refused].sort((a, b) => a.row - b.row),
  ...(otherLabels > 0 && { otherLabels }),
});

const commands: readonly string[] = ["fit isoflop", "fit surface", "fit law"] satisfies FitDocument["command"][];

/** Whether a text is a saved fit and not a table of runs. */
export const looksLikeFit = (text: string): boolean => {
  if (!/^\uFEFF?\s*\{/.test(text)) return false;
  try {
    return isFit(fromJson(text.replace(/^\uFEFF/, "")));
  } catch {
    return false;
  }
};

const isFit = (value: unknown): value is FitDocument =>
  commands.includes((value as { readonly command?: string } | null)?.command ?? "");

/** Reads what `isoflop fit … --json` printed. */
export const readFit = (file: string): FitDocument => {
  const { text } = readInput(file);
  return parseFit(text, file);
};

/** @throws CliError when the text is no fit, naming the first field that is not what it must be. */
export const parseFit = (text: string, file: string): FitDocument => {
  let value: unknown;
  try {
    value = fromJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw inputError(
      `${shown(file)} is not JSON: ${(error as Error).message}; expected what "isoflop fit … --json" prints`,
    );
  }
  if (!isFit(value)) throw inputError(`${shown(file)} is not a fit; expected what "isoflop fit … --json" prints`);
  try {
    wholeFits[value.command](value, "");
  } catch (error) {
    if (!(error instanceof Flaw)) throw error;
    throw inputError(
      `${shown(file)} is not a whole fit: ${error.message}; run isoflop ${value.command} … --json again`,
    );
  }
  return value;
};

/** Ends the command with the status of an unsound fit, after its numbers have been printed. */
export const requireSound = ({ status, message }: Pick<FitHead<string>, "status" | "message">): void => {
  if (status !== "converged") throw unsound(`${status}: ${message ?? "the fit is not sound"}`);
};
