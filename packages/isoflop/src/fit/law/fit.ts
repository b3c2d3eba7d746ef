import { fitLaw, type LawFit, type Points, pointsInTable, readCondition, refuse } from "@isoflop/scaling";
import { inputError, usageError } from "../../exit.js";
import { type InputFile, shown } from "../../files/read.js";
import type { ColumnMap } from "../../options/columns.js";
import { groupsOf, type ReadTables, readTables, type TableInput, within } from "../../runs/tables.js";
import { type SavedFit, saved } from "../saved.js";

/** Options by which points are read from a file. */
export interface PointInput extends Omit<TableInput, "input" | "labelFrom"> {
  readonly input: string;
  readonly columns?: ColumnMap;
  readonly where?: readonly string[];
  readonly keepDuplicates?: boolean;
}

/** Points read from two columns of a table, and what became of every row of it. */
export interface LoadedPoints extends Points {
  readonly origin: InputFile;
}

const fields = ["x", "y", "sigma", "weight"];

/** @throws CliError with the file, the row and the column of what cannot be read. */
export const loadPoints = (options: PointInput): LoadedPoints => {
  const points = pointsFrom(readTables(options), options);
  if (points.x.length === 0) throw inputError(`${shown(points.origin.file)}: there is no row that can be used`);
  return points;
};

/** The points of each value of a column, which may be none; @throws as `loadPoints` does */
export const loadPointGroups = (options: PointInput, column: string): ReadonlyMap<string, LoadedPoints> => {
  const groups = [...groupsOf(readTables(options), column, options.columns)];
  const loaded = groups.map(([value, tables]) => [value, pointsFrom(tables, options)] as const);
  return new Map(loaded.filter(([, { x, dropped }]) => x.length + dropped.length > 0));
};

const pointsFrom = ({ origin, tables }: ReadTables, options: PointInput): LoadedPoints => {
  const { columns = {}, skipBadRows, keepDuplicates, where } = options;
  for (const field of Object.keys(columns)) {
    if (!fields.includes(field))
      throw usageError(`--columns has "${field}"; expected x=… and y=…, and sigma=… or weight=…`);
  }
  if (columns.sigma !== undefined && columns.weight !== undefined)
    throw usageError("--columns has sigma and weight; expected one of them");
  if (tables.length !== 1) throw usageError(`${shown(origin.file)} has ${tables.length} tables; expected one`);
  const [{ file, table }] = tables as [ReadTables["tables"][number]];
  const asked = {
    ...columns,
    where: where?.map(readCondition),
    badRows: skipBadRows ? ("drop" as const) : undefined,
    duplicates: keepDuplicates ? ("keep" as const) : undefined,
  };
  return { ...within(file, () => pointsInTable(table, asked)), origin };
};

/** Fits y(x) in a form of `lawForms`. */
export const lawThrough = (
  { x, y, sigma, weights, dropped, otherRows, origin }: LoadedPoints,
  form = "power",
  options: Readonly<Record<string, unknown>> = {},
): SavedFit<LawFit> => {
  const points = { used: x.length, dropped, ...(otherRows !== undefined && { otherRows }) };
  const outcome =
    x.length === 0
      ? refuse("too-few-points", "there is no row that can be used")
      : fitLaw(form, x, y, { ...options, ...(sigma && { sigma }), ...(weights && { weights }) });
  return saved<LawFit>("law", outcome, { points, input: origin });
};
