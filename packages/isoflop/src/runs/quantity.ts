import { errorColumn, type Table } from "@isoflop/scaling";
import { inputError, usageError } from "../exit.js";
import { shown } from "../files/read.js";
import type { ColumnMap } from "../options/columns.js";
import { LOSS } from "../words/quantity.js";
import { namesAsked, offsetOf } from "./quantity-name.js";
import type { FileTable, ReadTables } from "./tables.js";

/** What is asked for of a metric. */
interface Asked {
  readonly quantity?: string | undefined;
  readonly columns?: ColumnMap | undefined;
}

/**
 * Tables with a column of the quantity's own name: that which was asked for, or the only one whose metric is of that kind, with what is to be added to it.
 * @throws CliError where there is none, or where it could be several, with what there is
 */
export const withQuantity = (read: ReadTables, { quantity, columns = {} }: Asked): ReadTables => {
  if (quantity === undefined || quantity === LOSS) return read;
  const header = [...new Set(read.tables.flatMap(({ table }) => table.header))];
  if (Object.hasOwn(columns, `metric:${quantity}`) || header.includes(quantity)) return read;
  const { name, offset } = offsetOf(quantity);
  const column = columns[`metric:${name}`] ?? columnOf(name, header, read);
  const tables = read.tables.map((one): FileTable => ({ ...one, table: added(one.table, column, offset, quantity) }));
  return { ...read, tables };
};

const columnOf = (name: string, header: readonly string[], { origin }: ReadTables): string => {
  const [only, ...others] = header.includes(name) ? [name] : namesAsked(name, header);
  if (only !== undefined && others.length === 0) return only;
  if (others.length > 0)
    throw usageError(
      `${shown(origin.file)}: the quantity "${name}" could be ${[only, ...others].map((one) => `"${one}"`).join(" or ")}; name the one it is`,
    );
  throw inputError(
    `${shown(origin.file)}: there is no metric "${name}"; there are: ${header.filter((one) => !one.endsWith(errorColumn(""))).join(", ") || "no columns"}`,
  );
};

/** The table with a column that has the name of the quantity, and its standard errors. */
const added = (table: Table, column: string, offset: number, name: string): Table => {
  const [at, error] = [table.header.indexOf(column), table.header.indexOf(errorColumn(column))];
  if (at < 0) return table;
  const sum = (cell: string) => (cell.trim() === "" || offset === 0 ? cell : String(Number(cell) + offset));
  return {
    ...table,
    header: [...table.header, name, ...(error < 0 ? [] : [errorColumn(name)])],
    rows: table.rows.map((cells) => [...cells, sum(cells[at]!), ...(error < 0 ? [] : [cells[error]!])]),
  };
};
