import { numericColumn, type Table } from "@isoflop/scaling";
import { inputError } from "../exit.js";

/**
 * A column of positive numbers.
 * @throws CliError naming the row, counted from the line after the header
 */
export function positiveColumn(table: Table, field: string, column: string): number[] {
  return numericColumn(table, field, column).map((value, i) => {
    if (value !== undefined && value > 0 && Number.isFinite(value)) return value;
    const given = value === undefined ? "missing" : value;
    throw inputError(`row ${table.numbers[i]}: ${field} is ${given}; expected a finite number above 0`);
  });
}
