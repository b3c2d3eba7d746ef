import type { Interval } from "@isoflop/scaling";

/** A number with what is known of its error. */
export interface Quantity {
  readonly value: number;
  readonly standardError?: number;
  /** Where the fit lies at 95 %. */
  readonly ci95?: Interval;
  /** Where one new measurement falls at 95 %. */
  readonly interval95?: Interval;
}

export type Cell = string | number | Quantity | undefined;

export interface Column {
  /** As a program calls it. */
  readonly name: string;
  /** As a reader of a paper finds it: text in which formulas stand between dollars. */
  readonly title: string;
}

export const tableNames = [
  "runs",
  "points",
  "optima",
  "laws",
  "estimates",
  "law",
  "rehearsals",
  "predictions",
  "bins",
] as const;
export type TableName = (typeof tableNames)[number];

/** One table of what is exported. */
export interface ExportTable {
  readonly name: TableName;
  /** LaTeX: words of others in it are escaped already. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export const isQuantity = (cell: Cell): cell is Quantity => typeof cell === "object";

/** A column of the same name and title, or of a title that says more. */
export const column = (name: string, title = name): Column => ({ name, title });

/** A table without the columns in which no row has anything; undefined without rows. */
export const tableOf = (
  name: TableName,
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): ExportTable | undefined => {
  if (rows.length === 0) return undefined;
  const kept = columns.flatMap((_, i) => (rows.some((cells) => cells[i] !== undefined) ? [i] : []));
  return {
    name,
    caption,
    columns: kept.map((i) => columns[i]!),
    rows: rows.map((cells) => kept.map((i) => cells[i])),
  };
};
