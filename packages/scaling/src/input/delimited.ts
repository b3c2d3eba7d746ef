import { ScalingError } from "../errors.js";
import { type BadRows, type DroppedRun, sift } from "./sift.js";

/** Text cells in named columns. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where each row stands in the text, counted from 1 after the header; empty lines count and are not rows. */
  readonly numbers: readonly number[];
  /** Rows that could not be read as one, where they were to be dropped. */
  readonly dropped: readonly DroppedRun[];
}

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
  const [first, ...lines] = readLines(text, start, sniffDelimiter(text, start).charCodeAt(0));
  if (first?.wrong !== undefined) throw new ScalingError("bad-format", first.wrong, { row: 1 });
  const header = first?.cells.map((name) => name.trim());
  if (!header || header.every((name) => name === ""))
    throw new ScalingError("bad-format", "the text has no header line; expected column names such as C,N,D,loss");
  const { kept, dropped } = sift(lines, badRows, ({ cells, wrong }, i) => {
    if (cells.length === 1 && cells[0]!.trim() === "") return undefined;
    const narrow = cells.length !== header.length;
    const message = narrow ? `${cells.length} cells, but the header names ${header.length} columns` : undefined;
    const flaw = wrong ?? message;
    if (flaw !== undefined) throw new ScalingError("bad-format", flaw, { row: i + 1 });
    return { cells, number: i + 1 };
  });
  return { header, rows: kept.map(({ cells }) => cells), numbers: kept.map(({ number }) => number), dropped };
};

const sniffDelimiter = (text: string, start: number): string => {
  const counts = new Map([",", ";", "\t"].map((delimiter) => [delimiter, 0]));
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
  wrong?: string;
}

const readLines = (text: string, start: number, delimiter: number): Line[] => {
  const lines: Line[] = [];
  let line: Line = { cells: [] };
  let at = start;
  while (at < text.length) {
    const quoted = text.charCodeAt(at) === QUOTE;
    const closing = quoted ? closingQuote(text, at + 1) : at;
    if (closing < 0)
      throw new ScalingError("bad-format", "a quoted cell is never closed", { row: Math.max(1, lines.length) });
    const end = cellEnd(text, quoted ? closing + 1 : at, delimiter);
    const cell = quoted ? text.slice(at + 1, closing).replaceAll('""', '"') : text.slice(at, end);
    if (quoted && end > closing + 1) line.wrong ??= `text follows the closing quote of "${cell}"`;
    line.cells.push(cell);
    const after = text.charCodeAt(end);
    at = after === CARRIAGE_RETURN && text.charCodeAt(end + 1) === LINE_FEED ? end + 2 : end + 1;
    if (after !== delimiter) {
      lines.push(line);
      line = { cells: [] };
    } else if (at === text.length) lines.push({ ...line, cells: [...line.cells, ""] });
  }
  return lines;
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
