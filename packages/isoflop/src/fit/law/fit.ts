import {
  type BrokenLaw,
  brokenLaw,
  type Outcome,
  type Points,
  type PowerLaw,
  parsePoints,
  powerLaw,
  type SaturatingLaw,
  ScalingError,
  saturatingLaw,
  type TableFormat,
} from "@isoflop/scaling";
import { CliError, exitCodes, inputError, usageError } from "../../exit.js";
import { type InputFile, readInput, shown } from "../../files/read.js";
import type { ColumnMap } from "../../options/columns.js";
import { versions } from "../../versions.js";
import type { FitHead } from "../saved.js";

/** Options by which points are read from a file. */
export interface PointInput {
  readonly input: string;
  readonly columns?: ColumnMap;
  readonly format?: TableFormat;
  readonly skipBadRows?: boolean;
}

export interface LawChoices {
  readonly form?: "power" | "saturating" | "bnsl";
  readonly residuals?: "raw" | "log";
  readonly breaks?: "1" | "2";
}

export type Law = PowerLaw | SaturatingLaw | BrokenLaw;

export const formulas: Readonly<Record<Law["kind"], string>> = {
  power: "y = coefficient · x^exponent",
  saturating: "y = floor + coefficient · x^−exponent",
  broken: "y = floor + coefficient · x^−exponent · Π (1 + (x/at)^(1/width))^(−slope·width)",
};

export interface LawDocument extends FitHead<"fit law"> {
  readonly formula: string;
  readonly fit?: Law;
  /** What the fit made least: a sum of squared residuals of y or of ln y, over the points. */
  readonly objective?: { readonly name: "squares" | "log-squares"; readonly value: number };
  /** What was fitted, so that a prediction can weigh forms again. */
  readonly data: { readonly x: readonly number[]; readonly y: readonly number[] };
}

/** Points read from two columns of a table, and what became of every row of it. */
export interface LoadedPoints extends Points {
  readonly origin: InputFile;
}

/** @throws CliError with the file, the row and the column of what cannot be read. */
export const loadPoints = ({ input, columns = {}, format, skipBadRows }: PointInput): LoadedPoints => {
  for (const field of Object.keys(columns)) {
    if (field !== "x" && field !== "y") throw usageError(`--columns has "${field}"; expected x=… and y=…`);
  }
  const { text, origin } = readInput(input);
  const points = within(origin.file, () =>
    parsePoints(text, { ...columns, ...(format && { format }), ...(skipBadRows && { badRows: "drop" as const }) }),
  );
  if (points.x.length === 0) throw inputError(`${shown(origin.file)}: there is no row that can be used`);
  return { ...points, origin };
};

/** Fits y(x). */
export const fitLaw = ({ x, y, dropped, origin }: LoadedPoints, choices: LawChoices = {}): LawDocument => {
  const { form = "power" } = choices;
  const outcome = fitted(x, y, form, choices);
  const head = {
    command: "fit law",
    formula: formulas[form === "bnsl" ? "broken" : form],
    points: { used: x.length, dropped },
    input: origin,
    data: { x, y },
    versions: versions("@isoflop/scaling"),
  } as const;
  if (!outcome.ok) return { ...head, ok: false, status: outcome.reason, message: outcome.message };
  const { status, message } = statusOf(outcome);
  const name = form === "saturating" && choices.residuals === "raw" ? "squares" : "log-squares";
  // A saturating law states half the sum, as the literature on it does.
  const value = outcome.kind === "saturating" ? 2 * outcome.objective : outcome.sumOfSquares;
  return { ...head, ok: true, status, message, fit: outcome, objective: { name, value } };
};

const fitted = (
  x: readonly number[],
  y: readonly number[],
  form: "power" | "saturating" | "bnsl",
  choices: LawChoices,
): Outcome<Law> => {
  if (form === "saturating") return saturatingLaw(x, y, { residuals: choices.residuals ?? "log" });
  if (choices.residuals === "raw") throw usageError(`--residuals raw is for --form saturating, not ${form}`);
  if (form === "power") return powerLaw(x, y);
  return brokenLaw(x, y, { breaks: choices.breaks === "2" ? 2 : 1 });
};

const meanings: Readonly<Record<Exclude<SaturatingLaw["status"] | BrokenLaw["status"], "converged">, string>> = {
  bound: "the best floor is zero: these points show no floor",
  unidentified: "these points cannot tell the parameters apart",
  "stopped-early": "the search stopped before it converged",
};

const statusOf = (law: Law): Pick<LawDocument, "status" | "message"> => {
  if (law.kind === "power") {
    if (law.degreesOfFreedom > 0) return { status: "converged" };
    return { status: "too-few-points", message: "two points fix a power law and say nothing of its error" };
  }
  return law.status === "converged" ? { status: "converged" } : { status: law.status, message: meanings[law.status] };
};

/** Puts the file's name before what is wrong in it. */
const within = <T>(file: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CliError || error instanceof ScalingError)) throw error;
    throw new CliError(exitCodes.input, `${shown(file)}: ${error.message}`, { cause: error });
  }
};
