import { ScalingError } from "../errors.js";

/** Text cells in named columns. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where each row stands in the text, counted from 1 after the header; empty lines count and are not rows. */
  readonly numbers: readonly number[];
  /** Rows that could not be read as one, where they were to be dropped. */
  readonly malformed: readonly MalformedRow[];
}

export interface MalformedRow {
  readonly row: number;
  readonly message: string;
}

/** What to do with a row that cannot be right. `throw` names it; `drop` lists it with its reason. */
export type BadRows = "throw" | "drop";

/** Throws what is wrong with a row, or puts it down. */
export const rejecting = (
  badRows: BadRows,
): {
  readonly malformed: MalformedRow[];
  readonly reject: (error: ScalingError & { readonly row: number | undefined }) => void;
} => {
  const malformed: MalformedRow[] = [];
  return {
    malformed,
    reject(error) {
      if (badRows === "throw") throw error;
      malformed.push({ row: error.row!, message: error.message });
    },
  };
};

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Reads delimited text after RFC 4180: quoted cells, doubled quotes, line breaks inside quotes, CRLF, CR or LF line ends,
 * an optional byte order mark. The delimiter is the one of comma, semicolon and tab that the header uses most.
 * @param badRows a quote that is never closed is thrown all the same: it leaves no rows behind it
 * @throws ScalingError `bad-format` for an empty text, an unclosed quote, text after a quoted cell or a row of the wrong width.
 */
export const parseDelimited = (text: string, badRows: BadRows = "throw"): Table => {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const delimiter = sniffDelimiter(text, start);
  const records = readRecords(text, start, delimiter.charCodeAt(0));
  const header = records[0]?.cells.map((name) => name.trim());
  if (!header || header.every((name) => name === "")) {
    throw new ScalingError("bad-format", "the text has no header line; expected column names such as C,N,D,loss");
  }
  const rows: string[][] = [];
  const numbers: number[] = [];
  const { malformed, reject } = rejecting(badRows);
  for (let row = 1; row < records.length; row++) {
    const { cells, wrong } = records[row]!;
    if (cells.length === 1 && cells[0]!.trim() === "") continue;
    const message =
      wrong ??
      (cells.length === header.length ? "" : `${cells.length} cells, but the header names ${header.length} columns`);
    if (message !== "") {
      reject(new ScalingError("bad-format", message, { row }));
      continue;
    }
    rows.push(cells);
    numbers.push(row);
  }
  return { header, rows, numbers, malformed };
};

const sniffDelimiter = (text: string, start: number): string => {
  const counts = new Map([
    [",", 0],
    [";", 0],
    ["\t", 0],
  ]);
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') quoted = !quoted;
    else if (!quoted && (c === "\n" || c === "\r")) break;
    else if (!quoted && counts.has(c)) counts.set(c, counts.get(c)! + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
};

/** The cells of one line, and what is wrong with it. */
interface Line {
  readonly cells: string[];
  readonly wrong?: string | undefined;
}

const readRecords = (text: string, start: number, delimiter: number): Line[] => {
  const records: Line[] = [];
  let record: string[] = [];
  let wrong: string | undefined;
  let i = start;
  while (i < text.length) {
    let cell: string;
    if (text.charCodeAt(i) === QUOTE) {
      const closing = closingQuote(text, i + 1);
      if (closing < 0) {
        throw new ScalingError("bad-format", "a quoted cell is never closed", { row: Math.max(1, records.length) });
      }
      cell = text.slice(i + 1, closing).replaceAll('""', '"');
      i = closing + 1;
      const end = cellEnd(text, i, delimiter);
      if (end > i) wrong ??= `text follows the closing quote of "${cell}"`;
      i = end;
    } else {
      const end = cellEnd(text, i, delimiter);
      cell = text.slice(i, end);
      i = end;
    }
    record.push(cell);
    if (i >= text.length) break;
    const c = text.charCodeAt(i);
    i++;
    if (c === delimiter) {
      if (i >= text.length) record.push("");
      continue;
    }
    if (c === CARRIAGE_RETURN && text.charCodeAt(i) === LINE_FEED) i++;
    records.push({ cells: record, wrong });
    [record, wrong] = [[], undefined];
  }
  if (record.length > 0) records.push({ cells: record, wrong });
  const header = records[0];
  if (header?.wrong !== undefined) throw new ScalingError("bad-format", header.wrong, { row: 1 });
  return records;
};

/** Where a cell without quotes ends. */
const cellEnd = (text: string, from: number, delimiter: number): number => {
  let end = from;
  for (; end < text.length; end++) {
    const c = text.charCodeAt(end);
    if (c === delimiter || c === LINE_FEED || c === CARRIAGE_RETURN) break;
  }
  return end;
};

/** Index of the quote that ends the cell, skipping doubled quotes; −1 when there is none. */
const closingQuote = (text: string, from: number): number => {
  let i = text.indexOf('"', from);
  while (i >= 0 && text[i + 1] === '"') i = text.indexOf('"', i + 2);
  return i;
};
