import { positive, ScalingError, shown } from "../errors.js";
import { type BadRows, byRow, type DroppedRun, sift } from "./sift.js";
import { columnOf, numberIn, readTable, type TableFormat } from "./table.js";

/** What a column must hold. */
export type ColumnRange = "positive" | "not-negative" | "finite";

export interface ColumnsOptions<F extends string, O extends string = never> {
  /** The columns that must be there, and what each holds. */
  readonly fields: Readonly<Record<F, ColumnRange>>;
  /** Those that may be there. */
  readonly optional?: Readonly<Record<O, ColumnRange>> | undefined;
  /** What each column is called. Default: as its field. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /** A column whose text tells groups of rows apart. Default: none. */
  readonly group?: string | undefined;
  /** Default: told from the first character; see {@link readTable}. */
  readonly format?: TableFormat | undefined;
  readonly badRows?: BadRows | undefined;
}

/** Columns of numbers of equal length, read from a table. */
export interface ReadColumns<F extends string, O extends string = never> {
  readonly columns: Readonly<Record<F, readonly number[]>> & Readonly<Partial<Record<O, readonly number[]>>>;
  /** The group of each row; empty where there is no such column. */
  readonly groups: readonly string[];
  /** Where each row stands, counted from 1 after the header. */
  readonly rows: readonly number[];
  readonly dropped: readonly DroppedRun[];
}

const right: Readonly<Record<ColumnRange, string>> = {
  positive: "a finite number above 0",
  "not-negative": "a finite number of at least 0",
  finite: "a finite number",
};

/**
 * Reads named columns of numbers. A row equal in every column to one before is dropped, and so is one whose `loss` is NaN: it diverged.
 * @throws ScalingError naming the row and column of what cannot be, unless `badRows` is `drop`, or the column that is not there
 */
export const parseColumns = <F extends string, O extends string = never>(
  text: string,
  { fields, optional, columns = {}, group, format, badRows = "throw" }: ColumnsOptions<F, O>,
): ReadColumns<F, O> => {
  const table = readTable(text, format, badRows);
  const places = new Map<string, { readonly index: number; readonly range: ColumnRange }>();
  for (const [field, range] of Object.entries<ColumnRange>(fields))
    places.set(field, { index: columnOf(table, field, columns[field] ?? field), range });
  for (const [field, range] of Object.entries<ColumnRange>(optional ?? {})) {
    const index = columnOf(table, field, columns[field]);
    if (index >= 0) places.set(field, { index, range });
  }
  const groupIndex = group === undefined ? -1 : columnOf(table, "group", group);
  const seen = new Map<string, number>();
  const { kept, dropped } = sift(table.rows, badRows, (cells, i, drop) => {
    const row = table.numbers[i]!;
    const key = cells.join("\u0000");
    const first = seen.get(key);
    if (first !== undefined) return drop(row, "duplicate", `equal in every column to row ${first}`);
    seen.set(key, row);
    const values: [string, number][] = [];
    for (const [field, { index, range }] of places) {
      const value = numberIn(cells[index]!, field, row);
      if (field === "loss" && Number.isNaN(value)) return drop(row, "no-loss", "the loss is NaN: the run diverged");
      values.push([field, checked(field, value, row, range)]);
    }
    return { row, values: Object.fromEntries(values), group: groupIndex < 0 ? "" : cells[groupIndex]!.trim() };
  });
  const names = [...places.keys()];
  return {
    columns: Object.fromEntries(names.map((name) => [name, kept.map(({ values }) => values[name]!)])) as never,
    groups: groupIndex < 0 ? [] : kept.map((row) => row.group),
    rows: kept.map(({ row }) => row),
    dropped: byRow(table.dropped, dropped),
  };
};

const checked = (field: string, value: number | undefined, row: number, range: ColumnRange): number => {
  if (range === "positive") return positive(field, value, row, right.positive);
  if (value !== undefined && Number.isFinite(value) && !(range === "not-negative" && value < 0)) return value;
  throw new ScalingError("bad-value", `${field} is ${shown(value)}; expected ${right[range]}`, { row, field, value });
};
