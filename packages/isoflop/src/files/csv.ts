/** A cell of a table that is written; undefined is empty. */
export type CsvCell = string | number | undefined;

/** A table as CSV after RFC 4180, with line feeds: numbers with all their digits, NaN and infinities by their names. */
export const csvOf = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  [header, ...rows].map((cells) => `${cells.map(cellOf).join(",")}\n`).join("");

const cellOf = (cell: CsvCell): string => {
  const text = cell === undefined ? "" : String(cell);
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
