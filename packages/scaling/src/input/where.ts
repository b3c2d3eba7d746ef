import { badOption } from "../errors.js";
import type { Table } from "./delimited.js";
import { columnOf, isNumber } from "./table.js";

const operators = ["!=", "<=", ">=", "=", "<", ">"] as const;

/** What a row's cell must be. */
export interface Condition {
  readonly column: string;
  readonly operator: (typeof operators)[number];
  readonly value: string;
}

/**
 * Reads `D>=1e9`, `optimizer=adamw`: a column, one of = != < <= > >=, a value.
 * @throws ScalingError `bad-option`
 */
export const readCondition = (text: string): Condition => {
  const [, column, operator, value] = /^\s*(.*?)\s*(!=|<=|>=|==|=|<|>)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (!column || operator === undefined || value === undefined)
    throw badOption("where", `"${text}"`, 'a column, one of = != < <= > >=, and a value, such as "D>=1e9"');
  return { column, operator: operator === "==" ? "=" : (operator as Condition["operator"]), value };
};

/**
 * The rows that meet all conditions. Where cell and value are numbers they compare as numbers, otherwise as text without the spaces
 * around it; a number and a text are unlike, and neither is the greater.
 * @param columns columns under other names too, such as those of fields
 * @throws ScalingError `missing-column` for a column that is not there, with those that are
 */
export const rowsWhere = (
  table: Table,
  conditions: readonly Condition[],
  columns: Readonly<Record<string, string | undefined>> = {},
): Table => {
  const tests = conditions.map(({ column, operator, value }) => {
    const other = table.header.includes(column) || !Object.hasOwn(columns, column) ? undefined : columns[column];
    const index = columnOf(table, "where", other ?? column);
    return (cells: readonly string[]) => holds(operator, cells[index]!.trim(), value);
  });
  return rowsThat(table, (cells) => tests.every((test) => test(cells)));
};

/** The rows of a table for which `keep` is true, in their places. */
export const rowsThat = (table: Table, keep: (cells: readonly string[]) => boolean): Table => {
  const at = table.rows.flatMap((cells, i) => (keep(cells) ? [i] : []));
  return { ...table, rows: at.map((i) => table.rows[i]!), numbers: at.map((i) => table.numbers[i]!) };
};

/**
 * The rows of each value of a column, by the value without the spaces around it: numbers ascending, then words as they come.
 * @throws ScalingError `missing-column` for a column that is not there, with those that are
 */
export const rowsBy = (table: Table, column: string): ReadonlyMap<string, Table> => {
  const index = columnOf(table, "group", column);
  const values = [...new Set(table.rows.map((cells) => cells[index]!.trim()))];
  const numbers = values.filter(isNumber).sort((a, b) => Number(a) - Number(b));
  const words = values.filter((value) => !isNumber(value));
  return new Map(
    [...numbers, ...words].map((value) => [value, rowsThat(table, (cells) => cells[index]!.trim() === value)]),
  );
};

const holds = (operator: Condition["operator"], cell: string, value: string): boolean => {
  const [cellIs, valueIs] = [isNumber(cell), isNumber(value)];
  if (cellIs !== valueIs) return operator === "!=";
  const order = cellIs ? Number(cell) - Number(value) : cell < value ? -1 : cell > value ? 1 : 0;
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
};
