import { type ColumnsOptions, parseColumns, type ReadColumns, type TableFormat } from "@isoflop/scaling";
import { inputError } from "../exit.js";
import { type InputFile, readInput, shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { within } from "../runs/tables.js";

/** Options by which columns are read from a file. */
export interface ColumnsInput {
  readonly input: string;
  readonly columns?: ColumnMap;
  readonly format?: TableFormat;
  readonly skipBadRows?: boolean;
}

/** Columns of numbers read from a table, and what became of every row of it. */
export type LoadedColumns<F extends string, O extends string = never> = ReadColumns<F, O> & {
  readonly origin: InputFile;
};

/** @throws CliError with the file, the row and the column of what cannot be read. */
export const loadColumns = <F extends string, O extends string = never>(
  { input, columns, format, skipBadRows }: ColumnsInput,
  what: Pick<ColumnsOptions<F, O>, "fields" | "optional" | "group">,
): LoadedColumns<F, O> => {
  const { text, origin } = readInput(input);
  const read = within(origin.file, () =>
    parseColumns(text, { ...what, columns, format, badRows: skipBadRows ? "drop" : undefined }),
  );
  if (read.rows.length === 0) throw inputError(`${shown(origin.file)}: there is no row that can be used`);
  return { ...read, origin };
};
