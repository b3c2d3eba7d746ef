import { loss } from "../chart/format.js";
import type { PageTable } from "../page/section.js";

export interface Column<Row> {
  readonly head: string;
  /** Unit, below the head. */
  readonly unit?: string;
  readonly cell: (row: Row) => string;
  /** Value by which the column sorts; one without it sorts as text. */
  readonly key?: (row: Row) => number | undefined;
}

export const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], sortable = false): PageTable => ({
  head: columns.map(({ head }) => head),
  units: columns.map(({ unit }) => unit),
  rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  names: columns[0]?.key ? 0 : 1,
  ...(sortable && { keys: rows.map((row) => columns.map(({ key, cell }) => key?.(row) ?? cell(row))) }),
});

/** A loss, or that there is none. */
export const said = (value: number | undefined): string => (value === undefined ? "–" : loss(value));

/** A value in words, or that there is none. */
export const either = (value: number | undefined, format: (value: number) => string = String): string =>
  value === undefined ? "–" : format(value);
