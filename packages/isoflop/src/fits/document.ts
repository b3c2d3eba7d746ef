import type { RefusalReason } from "@isoflop/scaling";
import { inputError, unsound } from "../exit.js";
import { type InputFile, readInput, shown } from "../input/file.js";
import type { Dropped, LoadedRuns } from "../input/runs.js";
import { fromJson } from "../output/json.js";
import type { IsoFlopDocument } from "./isoflop.js";
import type { LawDocument } from "./law.js";
import type { SurfaceDocument } from "./surface.js";

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
export function looksLikeFit(text: string): boolean {
  if (!/^\uFEFF?\s*\{/.test(text)) return false;
  try {
    return isFit(fromJson(text.replace(/^\uFEFF/, "")));
  } catch {
    return false;
  }
}

const isFit = (value: unknown): value is FitDocument =>
  commands.includes((value as { readonly command?: string } | null)?.command ?? "");

/** What a fit of each kind must hold, by path; the second list is of those that are `ok`. */
const required: Readonly<Record<FitDocument["command"], readonly [readonly string[], readonly string[]]>> = {
  "fit isoflop": [["laws.N", "laws.D", "laws.loss", "laws.lossWithFloor", "budgets", "noise", "choices"], []],
  "fit surface": [
    ["quantity", "flopsPerToken"],
    ["fit.form", "fit.theta", "fit.objective", "fit.coefficients", "fit.exponents", "fit.degreesOfFreedom"],
  ],
  "fit law": [["data.x", "data.y"], ["fit.kind"]],
};

function missingPart(document: FitDocument): string | undefined {
  const [always, ifOk] = required[document.command];
  const paths = ["status", "ok", "input.file", ...always, ...(document.ok ? ifOk : [])];
  return paths.find((path) => path.split(".").reduce<unknown>(part, document) === undefined);
}

const part = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** Reads what `isoflop fit … --json` printed. */
export function readFit(file: string): FitDocument {
  const { text } = readInput(file);
  return parseFit(text, file);
}

/** @throws CliError when the text is no fit. */
export function parseFit(text: string, file: string): FitDocument {
  let value: unknown;
  try {
    value = fromJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw inputError(
      `${shown(file)} is not JSON: ${(error as Error).message}; expected what "isoflop fit … --json" prints`,
    );
  }
  if (!isFit(value)) throw inputError(`${shown(file)} is not a fit; expected what "isoflop fit … --json" prints`);
  const missing = missingPart(value);
  if (missing === undefined) return value;
  throw inputError(`${shown(file)} is not a whole fit: ${missing} is missing; run isoflop fit … --json again`);
}

/** Ends the command with the status of an unsound fit, after its numbers have been printed. */
export function requireSound({ status, message }: Pick<FitHead<string>, "status" | "message">): void {
  if (status !== "converged") throw unsound(`${status}: ${message ?? "the fit is not sound"}`);
}
