import { errorColumn, type Table } from "@isoflop/scaling";
import { usageError } from "../exit.js";
import { shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { LOSS } from "../words/quantity.js";
import { namesIn } from "./own-metrics.js";
import { namesAsked, type QuantityOf, quantityIn, valueOfQuantity } from "./quantity-name.js";
import { type FileTable, isFolder, type ReadTables } from "./tables.js";

/** What is asked for of a metric. */
interface Asked {
  readonly quantity?: string | undefined;
  readonly columns?: ColumnMap | undefined;
}

/**
 * The column of a metric, and what is to be added to it: that of its own name, or the only one whose metric is of that kind.
 * @throws CliError where it could be several, with what there is
 */
export const quantityColumn = (
  read: ReadTables,
  quantity: string,
  columns: ColumnMap = {},
): Omit<QuantityOf, "name"> & { readonly column: string } => {
  const header = [...new Set(read.tables.flatMap(({ table }) => table.header))];
  if (header.includes(quantity)) return { column: quantity, offset: 0, sign: 1 };
  const { name, ...of } = quantityIn(quantity);
  const given = columns[`metric:${name}`];
  const [column = name, ...others] = given === undefined ? meant(read, name, header) : [given];
  if (others.length > 0)
    throw usageError(
      `${shown(read.origin.file)}: the quantity "${name}" could be ${[column, ...others].map((one) => `"${one}"`).join(" or ")}; name the one it is`,
    );
  return { column, ...of };
};

/** Tables with a column of the name by which a quantity was asked for. @throws CliError as {@link quantityColumn} does */
export const withQuantity = (read: ReadTables, { quantity, columns = {} }: Asked): ReadTables => {
  if (quantity === undefined || quantity === LOSS || Object.hasOwn(columns, `metric:${quantity}`)) return read;
  const { column, ...of } = quantityColumn(read, quantity, columns);
  if (column === quantity) return read;
  const tables = read.tables.map((one): FileTable => ({ ...one, table: added(one.table, column, of, quantity) }));
  return { ...read, tables };
};

const meant = ({ origin: { file } }: ReadTables, name: string, header: readonly string[]): readonly string[] =>
  file !== "-" && isFolder(file) ? namesIn(file, name, header) : namesAsked(name, header);

/** The table with a column that has the name of the quantity, and its standard errors. */
const added = (table: Table, column: string, of: Omit<QuantityOf, "name">, name: string): Table => {
  const [at, error] = [table.header.indexOf(column), table.header.indexOf(errorColumn(column))];
  if (at < 0) return table;
  const sum = (cell: string) => (cell.trim() === "" ? cell : String(valueOfQuantity(of, Number(cell))));
  return {
    ...table,
    header: [...table.header, name, ...(error < 0 ? [] : [errorColumn(name)])],
    rows: table.rows.map((cells) => [...cells, sum(cells[at]!), ...(error < 0 ? [] : [cells[error]!])]),
  };
};
