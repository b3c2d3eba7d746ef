import { fitLaw, type LawFit, type Points, parsePoints, type TableFormat } from "@isoflop/scaling";
import { inputError, usageError } from "../../exit.js";
import { type InputFile, readInput, shown } from "../../files/read.js";
import type { ColumnMap } from "../../options/columns.js";
import { within } from "../columns.js";
import { type SavedFit, saved } from "../saved.js";

/** Options by which points are read from a file. */
export interface PointInput {
  readonly input: string;
  readonly columns?: ColumnMap;
  readonly format?: TableFormat;
  readonly skipBadRows?: boolean;
}

/** Points read from two columns of a table, and what became of every row of it. */
export interface LoadedPoints extends Points {
  readonly origin: InputFile;
}

const fields = ["x", "y", "sigma", "weight"];

/** @throws CliError with the file, the row and the column of what cannot be read. */
export const loadPoints = ({ input, columns = {}, format, skipBadRows }: PointInput): LoadedPoints => {
  for (const field of Object.keys(columns)) {
    if (!fields.includes(field))
      throw usageError(`--columns has "${field}"; expected x=… and y=…, and sigma=… or weight=…`);
  }
  if (columns.sigma !== undefined && columns.weight !== undefined)
    throw usageError("--columns has sigma and weight; expected one of them");
  const { text, origin } = readInput(input);
  const points = within(origin.file, () =>
    parsePoints(text, { ...columns, format, badRows: skipBadRows ? "drop" : undefined }),
  );
  if (points.x.length === 0) throw inputError(`${shown(origin.file)}: there is no row that can be used`);
  return { ...points, origin };
};

/** Fits y(x) in a form of `lawForms`. */
export const lawThrough = (
  { x, y, sigma, weights, dropped, origin }: LoadedPoints,
  form = "power",
  options: Readonly<Record<string, unknown>> = {},
): SavedFit<LawFit> =>
  saved("law", fitLaw(form, x, y, { ...options, ...(sigma && { sigma }), ...(weights && { weights }) }), {
    points: { used: x.length, dropped },
    input: origin,
  });
