import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { type BadRows, readTable, rowsBy, ScalingError, type Table, type TableFormat } from "@isoflop/scaling";
import { CliError, exitCodes, usageError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import { statusOf } from "../files/status.js";
import { runsIn } from "../study/layout.js";
import { manifestIn } from "../study/manifest.js";

/** One file or several; a folder of tables is its files. */
export type Inputs = string | readonly string[];

export const inputsOf = (input: Inputs | undefined): readonly string[] =>
  typeof input === "string" ? [input] : (input ?? []);

export interface TableInput {
  readonly input: Inputs;
  readonly format?: TableFormat | undefined;
  readonly skipBadRows?: boolean;
  /** Each row's label is the name of its file, without folder and ending. */
  readonly labelFrom?: "file" | undefined;
}

/** A table that was read from a file. */
export interface FileTable {
  readonly file: string;
  readonly table: Table;
  /** Rows of the files before it: rows are counted through all of them. */
  readonly offset: number;
}

/** The tables of one input, and what identifies it. */
export interface ReadTables {
  readonly origin: InputFile;
  readonly tables: readonly FileTable[];
}

/** @throws CliError with the file and the row of what cannot be read */
export const readTables = ({ input, format, skipBadRows, labelFrom }: TableInput): ReadTables => {
  const given = inputsOf(input);
  const files = given.flatMap((path) => tablesIn(path) ?? [path]);
  if (files.filter((file) => file === "-").length > 1) throw usageError("standard input is given twice");
  const origins: InputFile[] = [];
  const tables: FileTable[] = [];
  let offset = 0;
  for (const file of files) {
    const { text, origin } = readInput(file);
    const read = within(file, () => readTable(text, format, (skipBadRows ? "drop" : "throw") satisfies BadRows));
    const table = labelFrom === "file" ? labelled(read, nameOf(file)) : read;
    origins.push(origin);
    tables.push({ file, table, offset });
    offset += table.numbers.concat(table.dropped.map(({ row }) => row)).reduce((most, row) => Math.max(most, row), 0);
  }
  return { tables, origin: oneOf(given, origins) };
};

/** The tables of a folder that is no folder of runs; undefined for anything else, and for what cannot be read. */
export const tablesIn = (path: string): readonly string[] | undefined => {
  if (path === "-" || !isFolder(path)) return undefined;
  if (manifestIn(path)) return undefined;
  const store = runsIn(path);
  if (readdirSync(store).some((id) => existsSync(join(store, id, "run.json")))) return undefined;
  const files = readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter(isTable);
  return files.length === 0 ? undefined : files;
};

export const isFolder = (path: string): boolean => {
  try {
    return statusOf(path)?.isDirectory() === true;
  } catch {
    // What stands in the way is told where the file is read.
    return false;
  }
};

/** A JSON file is one where it is a list. */
const isTable = (file: string): boolean => {
  const ending = endingOf(file);
  if (ending === ".json") return /^\uFEFF?\s*\[/.test(readFileSync(file, "utf8"));
  return [".csv", ".tsv", ".jsonl", ".parquet"].includes(ending.replace(/\.gz$/, ""));
};

/** With what stands before `.gz`. */
const endingOf = (file: string): string => {
  const last = extname(file);
  return last === ".gz" ? `${extname(basename(file, last))}${last}` : last;
};

const nameOf = (file: string): string => (file === "-" ? "-" : basename(file, endingOf(file)));

const labelled = (table: Table, label: string): Table => {
  const at = table.header.indexOf("label");
  const header = at < 0 ? [...table.header, "label"] : table.header;
  return { ...table, header, rows: table.rows.map((cells) => (at < 0 ? [...cells, label] : cells.with(at, label))) };
};

/** What stands for several files: their names, and the digest of their digests. */
const oneOf = (given: readonly string[], files: readonly InputFile[]): InputFile => {
  const [only, ...others] = files;
  if (only && others.length === 0 && given[0] === only.file) return only;
  const sha256 = createHash("sha256")
    .update(files.map((file) => file.sha256).join(""))
    .digest("hex");
  return { file: given.join(", "), sha256, files };
};

/**
 * The same tables with the rows of each value of a column.
 * @param column a name of the tables, or of `columns`, which says under what name a field stands there
 */
export const groupsOf = (
  { origin, tables }: ReadTables,
  column: string,
  columns: Readonly<Record<string, string | undefined>> = {},
): ReadonlyMap<string, ReadTables> => {
  const groups = new Map<string, FileTable[]>();
  for (const { file, table, offset } of tables) {
    const name = table.header.includes(column) || !Object.hasOwn(columns, column) ? column : columns[column]!;
    for (const [value, rows] of within(file, () => rowsBy(table, name)))
      groups.set(value, [...(groups.get(value) ?? []), { file, table: rows, offset }]);
  }
  return new Map([...groups].map(([value, some]) => [value, { origin, tables: some }]));
};

/**
 * Puts the file's name before what is wrong in it.
 * @param hint what may be said of it besides
 */
export const within = <T>(file: string, read: () => T, hint: (error: ScalingError) => string = () => ""): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ScalingError) || error.code === "bad-option") throw error;
    throw new CliError(exitCodes.input, `${shown(file)}: ${error.message}${hint(error)}`, { cause: error });
  }
};
