import { positive, ScalingError } from "../errors.js";
import type { LawData } from "../laws/form.js";
import type { Table } from "./delimited.js";
import { type BadRows, byRow, type DroppedRun, sift } from "./sift.js";
import { columnOf, numberIn, readTable, type TableFormat } from "./table.js";
import { type Condition, rowsWhere } from "./where.js";

/** Points of one law y(x), read from a table. */
export interface Points extends LawData {
  /** Where each stands, counted from 1 after the header. */
  readonly rows: readonly number[];
  readonly dropped: readonly DroppedRun[];
  /** Rows that conditions left out, where there were any. */
  readonly otherRows?: number;
}

export interface TablePointsOptions {
  /** Columns of x and y. Default `x` and `y`. */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** Column of the standard error of y, in its unit. Default: none. */
  readonly sigma?: string | undefined;
  /** Column of relative weights, in the place of `sigma`. Default: none. */
  readonly weight?: string | undefined;
  readonly badRows?: BadRows | undefined;
  /** What to do with a row that is equal in every column to one before. Default `drop`. */
  readonly duplicates?: "drop" | "keep" | undefined;
  /** Rows that do not meet all of these are left out, whatever else is in them. */
  readonly where?: readonly Condition[] | undefined;
}

export interface PointsOptions extends TablePointsOptions {
  /** Default: told from the first character; see {@link readTable}. */
  readonly format?: TableFormat | undefined;
}

const RIGHT = "a finite number above 0";

/**
 * Reads two columns of positive numbers. A row at x = 0 is dropped with its reason, as a law of powers has no value there and logs
 * begin at step 0; so is a row equal in every column to one before, as a training that was resumed logs steps twice.
 * @throws ScalingError naming the row and column of what cannot be read or has no logarithm, unless `badRows` is `drop`
 */
export const parsePoints = (text: string, options: PointsOptions = {}): Points =>
  pointsInTable(readTable(text, options.format, options.badRows), options);

/** The same of a table that was read. */
export const pointsInTable = (whole: Table, options: TablePointsOptions = {}): Points => {
  const { x: nameX = "x", y: nameY = "y", sigma, weight, badRows = "throw", duplicates = "drop", where = [] } = options;
  if (sigma !== undefined && weight !== undefined)
    throw new ScalingError("bad-option", "columns of sigma and of weight are given; expected one of them");
  const table = where.length === 0 ? whole : rowsWhere(whole, where, { x: nameX, y: nameY });
  const [columnX, columnY] = [columnOf(table, "x", nameX), columnOf(table, "y", nameY)];
  const [field, errorName] = sigma === undefined ? (["weight", weight] as const) : (["sigma", sigma] as const);
  const columnError = errorName === undefined ? undefined : columnOf(table, field, errorName);
  const seen = new Map<string, number>();
  const { kept, dropped } = sift(table.rows, badRows, (cells, i, drop) => {
    const row = table.numbers[i]!;
    const key = cells.join("\u0000");
    const first = seen.get(key);
    if (first !== undefined && duplicates === "drop")
      return drop(row, "duplicate", `equal in every column to row ${first}`);
    seen.set(key, row);
    const x = numberIn(cells[columnX]!, "x", row);
    if (x === 0) return drop(row, "at-zero", "x is 0, where a law of powers has no value");
    const y = numberIn(cells[columnY]!, "y", row);
    const [goodX, goodY] = [positive("x", x, row, RIGHT), positive("y", y, row, RIGHT)];
    if (columnError === undefined) return { row, x: goodX, y: goodY, error: Number.NaN };
    return { row, x: goodX, y: goodY, error: positive(field, numberIn(cells[columnError]!, field, row), row, RIGHT) };
  });
  return {
    x: kept.map(({ x }) => x),
    y: kept.map(({ y }) => y),
    ...(columnError !== undefined && { [field === "sigma" ? field : "weights"]: kept.map(({ error }) => error) }),
    rows: kept.map(({ row }) => row),
    dropped: byRow(table.dropped, dropped),
    ...(where.length > 0 && { otherRows: whole.rows.length - table.rows.length }),
  };
};
