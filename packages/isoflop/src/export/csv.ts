import { type CsvCell, csvOf } from "../files/csv.js";
import { type Cell, type ExportTable, isQuantity } from "./table.js";

/** What a number with an error becomes beside its value, by the ending of the column's name. */
const parts = [
  ["_standard_error", ({ standardError }) => standardError],
  ["_low", ({ ci95 }) => ci95?.[0]],
  ["_high", ({ ci95 }) => ci95?.[1]],
  ["_new_low", ({ interval95 }) => interval95?.[0]],
  ["_new_high", ({ interval95 }) => interval95?.[1]],
] as const satisfies readonly (readonly [string, (quantity: Extract<Cell, object>) => number | undefined])[];

/** A table in columns that hold one number each: an estimate has its standard error and its 95 % interval beside it. */
export const flatTable = ({
  columns,
  rows,
}: ExportTable): { readonly header: readonly string[]; readonly rows: readonly (readonly CsvCell[])[] } => {
  const flat = columns.map(({ name }, i) => {
    const there = parts.filter(([, of]) =>
      rows.some((cells) => {
        const cell = cells[i];
        return isQuantity(cell) && known(of(cell)) !== undefined;
      }),
    );
    return { names: [name, ...there.map(([ending]) => `${name}${ending}`)], there };
  });
  return {
    header: flat.flatMap(({ names }) => names),
    rows: rows.map((cells) =>
      cells.flatMap((cell, i): CsvCell[] => {
        const { there } = flat[i]!;
        if (!isQuantity(cell)) return [cell, ...there.map(() => undefined)];
        return [known(cell.value), ...there.map(([, of]) => known(of(cell)))];
      }),
    ),
  };
};

/** What is not known is empty. */
const known = (value: number | undefined): number | undefined => (Number.isNaN(value) ? undefined : value);

export const tableAsCsv = (table: ExportTable): string => {
  const { header, rows } = flatTable(table);
  return csvOf(header, rows);
};
